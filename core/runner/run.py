"""Judge one source of one kata: snapshot, child, frames, verdict."""

import contextlib
import json
import os
import secrets
import selectors
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from core.catalogue import cases as recorded_cases
from core.errors import KataError
from core.kata import Kata
from core.needs.find import missing
from core.needs.lease import Unavailable, holding
from core.needs.shares import Shares, shares
from core.runner.folder import RunFolder, run_folder
from core.runner.job import Job, ahead_of, frame, job_of
from core.runner.keeper import Ending
from core.runner.launch import Ends, Launcher, cold
from core.runner.result import Outcome, unread, verdict_of
from core.runner.tables import image_of, shared_apps
from core.source import Source, UnreadableSource, read_source
from core.verdict import Verdict

MOST_FRAMES = 16 * 1024 * 1024  # bytes
MOST_OUTPUT = 64 * 1024  # bytes that a verdict keeps

Listener = Callable[[dict[str, Any]], None]


def run(
    kata: Kata,
    source: str = "exercise",
    *,
    seed: int | None = None,
    listen: Listener = lambda frame: None,
    launch: Launcher = cold,
    hangup: int | None = None,
) -> tuple[Verdict, Source | None]:
    """The verdict, and the files that it judged (None where they could not be read).

    Blocks for as long as the kata's limits allow, once a database. `listen` gets each frame as it
    arrives; when the descriptor `hangup` becomes readable, the run ends with KeyboardInterrupt.
    Raises KataError where nothing could be judged: an unknown source, a full disk.
    """
    seed = secrets.randbelow(2**31) if seed is None else seed
    try:
        files = read_source(kata, source)
    except UnreadableSource as error:
        return unread(kata, source, seed, error), None
    outcomes = []
    problem = missing(kata)
    if problem is None:
        try:
            with holding():
                outcomes = [
                    execute(
                        kata,
                        files,
                        mode="tests",
                        seed=seed,
                        database=database,
                        listen=listen,
                        launch=launch,
                        hangup=hangup,
                    )
                    for database in kata.databases
                ]
        except Unavailable as error:
            problem = error.problem
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
    launch: Launcher = cold,
    hangup: int | None = None,
) -> Outcome:
    """Run one child to its end, in a run folder of its own, with a share of each server it needs.

    Raises Unavailable where a server cannot be had, or did not last.
    """
    warm = launch is not cold
    with (
        run_folder(kata, source) as folder,
        shares(kata, database, apps=shared_apps(kata), make=warm) as given,
    ):
        own = {"HOME": str(folder.path), "TMPDIR": str(folder.path / "tmp")}
        job = job_of(
            kata,
            mode=mode,
            path=str(folder.path),
            database=database,
            seed=seed,
            token=secrets.token_hex(8),
            environment=own | given.environment,
            output=str(folder.output),
            size=size,
            image=image_of(kata, database, make=warm),
            prepared=given.prepared,
        )
        outcome = _supervise(job, folder, listen, launch, hangup, given)
        given.check()
        return outcome


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


def _supervise(
    job: Job,
    folder: RunFolder,
    listen: Listener,
    launch: Launcher,
    hangup: int | None,
    given: Shares,
) -> Outcome:
    """Start the keeper, read frames until it ends; whatever happens here, it ends."""
    pipe = _Pipe(job.token)
    with contextlib.ExitStack() as stack:
        theirs, lifeline = _pipe(stack)
        report, their_report = _pipe(stack)
        frames, their_frames = _pipe(stack)
        ends = Ends(theirs.fileno(), their_report.fileno(), their_frames.fileno())
        ahead = ahead_of(job, tuple(lease.need for lease in given.leases))
        stack.callback(launch(ends, ahead))
        for end in (theirs, their_report, their_frames):
            end.close()
        # Closing the lifeline ends what still runs: first of all, however this block is left.
        stack.callback(lifeline.close)
        with contextlib.suppress(BrokenPipeError):  # the keeper is gone: its report is missing
            lifeline.write(job.to_json().encode() + b"\n")
        _read(frames.fileno(), pipe, listen, hangup, given)
        ending = _ending(report.readline())
    return Outcome(
        database=job.database,
        frames=tuple(pipe.frames),
        rubbish=pipe.rubbish or bool(pipe.rest),
        ending=ending,
        output=_output(folder.output),
        translate=folder.translate,
    )


def _pipe(stack: contextlib.ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    read, write = os.pipe()
    return (
        stack.enter_context(os.fdopen(read, "rb", buffering=0)),
        stack.enter_context(os.fdopen(write, "wb", buffering=0)),
    )


def _read(
    descriptor: int, pipe: _Pipe, listen: Listener, hangup: int | None, given: Shares
) -> None:
    """Frames until the pipe ends.

    KeyboardInterrupt when `hangup` says that nobody waits any more, Unavailable when a server ends.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        if hangup is not None:
            selector.register(hangup, selectors.EVENT_READ)
        for lease in given.leases:
            selector.register(lease, selectors.EVENT_READ)
        while pipe.size < MOST_FRAMES:
            ready = [key.fd for key, _ in selector.select()]
            if descriptor not in ready:
                given.check()
                raise KeyboardInterrupt
            data = os.read(descriptor, 65536)
            if not data:
                return
            for found in pipe.feed(data):
                listen(found)


def _ending(report: bytes) -> Ending:
    try:
        ending = Ending(**json.loads(report))
    except ValueError:
        return Ending("keeper")  # the code under judgement killed it, and died with it
    if ending.reason == "broken":
        raise KataError(
            f"The runner itself failed: {ending.words}",
            hint="Run `scripts/test tests/runner` and report what it says.",
        )
    return ending


def _output(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_OUTPUT)
    except OSError:
        return b""
