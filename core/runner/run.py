"""Judge one source of one kata: snapshot, child, frames, verdict."""

import contextlib
import dataclasses
import json
import os
import secrets
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from core.catalogue import cases as recorded_cases
from core.errors import KataError
from core.kata import Kata
from core.runner.folder import RunFolder, run_folder
from core.runner.job import Job, frame
from core.runner.keeper import Ending
from core.runner.needs import missing
from core.runner.result import Outcome, unread, verdict_of
from core.source import Source, UnreadableSource, read_source
from core.state import ROOT
from core.verdict import Verdict

MOST_FRAMES = 16 * 1024 * 1024  # bytes
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SYSTEMROOT", "LD_LIBRARY_PATH")
MOST_OUTPUT = 64 * 1024  # bytes that a verdict keeps

Listener = Callable[[dict[str, Any]], None]


def run(
    kata: Kata,
    source: str = "exercise",
    *,
    seed: int | None = None,
    listen: Listener = lambda frame: None,
) -> tuple[Verdict, Source | None]:
    """The verdict, and the files that it judged (None where they could not be read).

    Blocks for as long as the kata's limits allow, once a database. `listen` gets each frame as it
    arrives. Raises KataError where nothing could be judged: an unknown source, a full disk.
    """
    seed = secrets.randbelow(2**31) if seed is None else seed
    try:
        files = read_source(kata, source)
    except UnreadableSource as error:
        return unread(kata, source, seed, error), None
    outcomes = []
    problem = missing(kata)
    if problem is None:
        outcomes = [
            execute(kata, files, mode="tests", seed=seed, database=database, listen=listen)
            for database in kata.databases
        ]
    return verdict_of(kata, files, seed, recorded_cases(kata), outcomes, problem), files


def execute(
    kata: Kata,
    source: Source,
    *,
    mode: str,
    seed: int,
    database: str,
    size: int = 0,
    listen: Listener = lambda frame: None,
) -> Outcome:
    """Run one child to its end, in a run folder of its own."""
    with run_folder(kata, source) as folder:
        job = Job(
            mode=mode,
            path=str(folder.path),
            package=kata.package,
            edit=kata.edit,
            database=database,
            build=kata.build,
            uses=kata.uses,
            settings=dict(kata.settings),
            settings_add=dict(kata.settings_add),
            limits=kata.limits,
            seed=seed,
            token=secrets.token_hex(8),
            output=str(folder.output),
            size=size,
        )
        return _supervise(job, folder, listen)


@dataclass
class _Pipe:
    """What came through the frames' pipe so far."""

    token: str
    rest: bytes = b""
    size: int = 0
    frames: list[dict[str, Any]] = field(default_factory=list)
    rubbish: bool = False

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        self.size += len(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            found = frame(line, self.token)
            if found is None:
                self.rubbish = True
                continue
            self.frames.append(found)
            yield found


def _supervise(job: Job, folder: RunFolder, listen: Listener) -> Outcome:
    """Start the keeper, read frames until it ends; whatever happens here, it ends."""
    pipe = _Pipe(job.token)
    with contextlib.ExitStack() as stack:
        read, write = os.pipe()
        frames = stack.enter_context(os.fdopen(read, "rb", buffering=0))
        report = stack.enter_context(tempfile.TemporaryFile())
        complaint = stack.enter_context(tempfile.TemporaryFile())
        with os.fdopen(write, "wb"):
            told = dataclasses.replace(job, frames=write).to_json().encode() + b"\n"
            keeper = subprocess.Popen(
                [sys.executable, "-m", "core.runner.keeper"],
                stdin=subprocess.PIPE,
                stdout=report,
                stderr=complaint,
                pass_fds=[write],
                cwd=ROOT,
                env=environment(job),
                start_new_session=True,
            )
        stack.callback(keeper.wait)
        # Closing the lifeline ends what still runs: first of all, however this block is left.
        lifeline = stack.enter_context(_quietly_closed(keeper.stdin))
        lifeline.write(told)
        lifeline.flush()
        _read(frames.fileno(), pipe, listen)
        keeper.wait()
        ending = _ending(_content(report), _content(complaint))
    return Outcome(
        database=job.database,
        frames=tuple(pipe.frames),
        rubbish=pipe.rubbish or bool(pipe.rest),
        ending=ending,
        output=_output(folder.output),
        translate=folder.translate,
    )


@contextlib.contextmanager
def _quietly_closed(pipe: IO[bytes] | None) -> Iterator[IO[bytes]]:
    """A pipe whose reader may be gone when it is closed."""
    if pipe is None:
        raise TypeError("the keeper was started without its lifeline")
    try:
        yield pipe
    finally:
        with contextlib.suppress(BrokenPipeError):
            pipe.close()


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _read(descriptor: int, pipe: _Pipe, listen: Listener) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while pipe.size < MOST_FRAMES:
            selector.select()
            data = os.read(descriptor, 65536)
            if not data:
                return
            for found in pipe.feed(data):
                listen(found)


def _ending(report: bytes, complaint: bytes) -> Ending:
    with contextlib.suppress(ValueError):
        return Ending(**json.loads(report))
    if complaint:
        last = complaint.decode(errors="replace").strip().splitlines()[-1]
        raise KataError(
            f"The runner itself failed: {last}",
            hint="Run `scripts/test tests/runner` and report what it says.",
        )
    return Ending("keeper")  # the code under judgement killed it, and died with it


def _output(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_OUTPUT)
    except OSError:
        return b""


def environment(job: Job) -> dict[str, str]:
    """What a child sees of the environment: no secrets of the workspace, and nothing that varies."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return kept | {
        "HOME": job.path,
        "TMPDIR": os.path.join(job.path, "tmp"),
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "MALLOC_ARENA_MAX": "1",
    }
