"""A copy of the workspace in a temporary folder, with a state for each size of catalogue.

A copy, because a server ends when its code changes, and the folder worked in may change meanwhile.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.kata import Kata
from core.state import ROOT
from scripts.benchmarks.copies import make

PATIENCE = 60.0  # seconds that a server may take to come up
IDLE = 300  # seconds after which a server ends by itself, should this process be killed
HERE = Path(__file__).parent


class Broken(Exception):
    """Something that is timed did not do what it should; the message shows its last words."""


@dataclass(frozen=True)
class Workspace:
    """One size: `katas` is its root of katas, `code` the copied engine that all sizes share."""

    folder: Path
    code: Path
    runtime: Path

    @property
    def katas(self) -> Path:
        return self.folder / "made"

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KATA_", "DJANGO_", "PYTEST_", "PYTHON"))
        }
        return kept | {
            "KATA_STATE": str(self.folder / "state"),
            "KATA_PATH": str(self.katas),
            "KATA_IDLE": str(IDLE),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "COLUMNS": "80",
        }

    def manage(self, *arguments: str) -> float:
        """Seconds of the whole process; Broken unless it exits with 0."""
        return timed([sys.executable, "manage.py", *arguments], self.code, self.environment)

    @contextlib.contextmanager
    def server(self) -> Iterator[None]:
        """Its background server, which ends with the block."""
        server = subprocess.Popen(
            [sys.executable, "-m", "core.server.server"], cwd=self.code, env=self.environment
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while not list(self.runtime.glob("*/socket")):
                if time.monotonic() > deadline:
                    raise Broken(f"No server came up in {self.runtime}: is its path too long?")
                if server.poll() is not None:
                    raise Broken(f"The background server ended with {server.returncode}.")
                time.sleep(0.02)
            yield
            if server.poll() is not None:
                raise Broken("The background server ended while it was measured.")
        finally:
            end(server)


def end(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def timed(command: Sequence[str], folder: Path, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own interpreter and modules
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        words = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise Broken(f"`{' '.join(command[1:])}` exited with {done.returncode}:\n{words}")
    return seconds


def copy_code(folder: Path) -> Path:
    """The engine without its katas, ready to run from `folder`."""
    shutil.copytree(ROOT / "core", folder / "core", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "requirements.txt"):
        shutil.copy2(ROOT / name, folder / name)
    (folder / "katas").mkdir()
    return folder


def make_workspace(folder: Path, code: Path, katas: Sequence[Kata], total: int) -> Workspace:
    """`total` katas, half of them passed, each run a few times before."""
    runtime = folder / "run"
    runtime.mkdir(parents=True)
    made = Workspace(folder, code, runtime)
    make(made.katas, katas, total)
    timed([sys.executable, str(HERE / "past.py")], code, made.environment | {"PYTHONPATH": "."})
    return made
