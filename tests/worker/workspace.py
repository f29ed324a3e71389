"""A workspace of the test's own: its database, its Valkey, its workers, a kata that waits at a gate."""

import errno
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.management.commands.serve import parts_of
from core.processes import descendants
from tests import database
from tests.conftest import ROOT, wait_for
from tests.valkey import Valkey

KATA = {
    "kata.toml": """\
uuid = "00000000-0000-4000-8000-000000000099"
title = "Waits at a gate"
level = 1
tasks = ["Go through"]
edit = ["exercise.py"]
database = "none"

[limits]
seconds = 60
""",
    "exercise.py": "def go():\n    with open({gate!r}) as gate:\n        return gate.read()\n",
    "tests.py": """\
import unittest

from . import exercise


class Go(unittest.TestCase):
    def test_first(self):
        pass

    def test_through(self):
        self.assertEqual(exercise.go(), "")
""",
    "__init__.py": "",
}
OPEN = ("queued", "running")


class Gate:
    """Where a run waits for the test: it is in its middle for as long as the gate is shut."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self.descriptor = -1

    def reached(self) -> None:
        wait_for(self._reached, 60)

    def _reached(self) -> bool:
        try:
            self.descriptor = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            return False
        return True

    def abandoned(self) -> None:
        """Nobody waits any more: the run's processes are gone."""
        poll = select.poll()
        poll.register(self.descriptor, 0)  # a pipe without readers is in error
        assert poll.poll(60_000)
        os.close(self.descriptor)

    def open(self) -> None:
        os.close(self.descriptor)


class Workspace:
    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder
        self.state = state
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.gate = Gate(folder / "gate")
        kata = folder / "gates" / "language" / "gate"
        kata.mkdir(parents=True)
        for name, text in KATA.items():
            (kata / name).write_text(text.format(gate=str(self.gate.path)))
        self.broker = Valkey()
        self.broker.start()
        self.environment = os.environ | {
            **database.workspace(self.state),
            "KATA_PATH": f"{folder / 'gates'}:{ROOT / 'tests' / 'samples'}",
            "KATA_REDIS_URL": self.broker.url,
            "DJANGO_DEBUG": "0",
            "SPT_NOENV": "1",  # a process that names itself leaves its environment to be read
            "TMPDIR": str(self.temporary),
        }
        self.log = (folder / "worker.log").open("wb")
        self.worker: subprocess.Popen[bytes] | None = None
        self.client: subprocess.Popen[str] | None = None

    def start_worker(self, runs: int = 1) -> None:
        part = next(part for part in parts_of(-1, runs) if part.name == "worker")
        self.worker = subprocess.Popen(
            part.command,
            cwd=ROOT,
            env=self.environment | part.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def pool(self) -> list[int]:
        """The processes of the worker's pool."""
        text = Path(f"/proc/{self.worker.pid}/task/{self.worker.pid}/children").read_text()
        return [int(word) for word in text.split()]

    def keeper(self) -> int:
        """Of the one run at the gate: the parent of who works in a run folder."""
        found = [Path(f"/proc/{pid}") for pid in descendants(self.worker.pid)]
        (child,) = [path for path in found if self.temporary in (path / "cwd").readlink().parents]
        return int((child / "stat").read_text().rpartition(")")[2].split()[1])

    def kill_pool(self) -> None:
        for pid in self.pool():
            os.kill(pid, signal.SIGKILL)

    def kill_worker(self) -> None:
        self.worker.kill()
        self.worker.wait()

    def ask(self, *question: Any) -> Any:
        if self.client is None:
            self.client = subprocess.Popen(
                [sys.executable, "-m", "tests.worker.drive"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        self.client.stdin.write(json.dumps(question) + "\n")
        self.client.stdin.flush()
        return json.loads(self.client.stdout.readline())

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return database.rows(self.state, query, *values)

    def runs(self, numbers: list[int]) -> list[tuple[str, int]]:
        """Status and attempt of each."""
        return [
            self.rows("SELECT status, attempt FROM core_run WHERE id = ?", number)[0]
            for number in numbers
        ]

    def verdicts(self, number: int) -> int:
        return self.rows("SELECT count(*) FROM core_judgement WHERE run_id = ?", number)[0][0]

    def wait(self, numbers: list[int], seconds: float = 60) -> list[tuple[str, int]]:
        """Until each is over."""
        wait_for(lambda: all(status not in OPEN for status, _ in self.runs(numbers)), seconds)
        return self.runs(numbers)

    def time_passes(self) -> None:
        """Every lease is over, and every task that was not taken may be lost."""
        self.rows(
            "UPDATE core_run SET lease_until = '2000-01-01 00:00:00' WHERE lease_until IS NOT NULL"
        )

    def words(self) -> str:
        return (self.folder / "worker.log").read_text()

    def close(self) -> None:
        if self.client:
            self.client.communicate(timeout=60)
        if self.worker and self.worker.poll() is None:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
        self.broker.close()
        self.log.close()

    def left(self) -> list[str]:
        """Processes that were started with this workspace's state and are there."""
        mark = f"KATA_STATE={self.state}".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in path.read_bytes():
                    found.append((path.parent / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found
