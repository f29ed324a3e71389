"""The whole workspace, served as a person serves it: one command, in a state of its own."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import database
from tests.conftest import ROOT, wait_for
from tests.worker.workspace import KATA, Gate

LINK = re.compile(r"http://127\.0\.0\.1:\d+/login/\S+/")


class Served:
    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder
        self.state = state
        self.gate = Gate(folder / "gate")
        kata = folder / "gates" / "language" / "gate"
        kata.mkdir(parents=True)
        for name, text in KATA.items():
            (kata / name).write_text(text.format(gate=str(self.gate.path)))
        self.short = Path(tempfile.mkdtemp(prefix="ks-", dir="/tmp"))
        self.short.chmod(0o711)
        self.environment = os.environ | {
            **database.workspace(self.state),
            "KATA_PATH": str(folder / "gates"),
            "TMPDIR": str(self.short),
            "COLUMNS": "80",
            "SPT_NOENV": "1",  # a process that names itself leaves its environment to be read
        }
        for name in ("DJANGO_SETTINGS_MODULE", "REDIS_URL", "KATA_REDIS_URL"):
            self.environment.pop(name, None)
        self.output = folder / "output"
        self.process: subprocess.Popen[bytes] | None = None
        self.master = -1

    def start(self, *arguments: str, terminal: bool = False) -> None:
        """`serve` on a free port, until it says where; on a terminal of its own where asked."""
        command = [sys.executable, "manage.py", "serve", "--port", "0", *arguments]
        with self.output.open("wb") as output:
            streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            if terminal:
                self.master, theirs = pty.openpty()
                streams = dict.fromkeys(streams, theirs)
                command = [sys.executable, "-c", ON_TERMINAL, *command]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, start_new_session=True, **streams
            )
            if terminal:
                os.close(theirs)
        if not terminal:
            wait_for(
                lambda: "Ctrl-C stops it." in self.words() or self.process.poll() is not None, 180
            )
            assert self.process.poll() is None, self.words()

    def again(self, *arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "manage.py", "serve", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    def words(self) -> str:
        return self.output.read_text()

    def lines(self) -> list[str]:
        return self.words().splitlines()

    @property
    def link(self) -> str:
        return LINK.search(self.words())[0]

    @property
    def url(self) -> str:
        return self.link.partition("/login/")[0]

    def health(self) -> dict[str, object]:
        try:
            with urllib.request.urlopen(f"{self.url}/health/", timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return json.load(error)
        except OSError:
            return {"ok": False}

    def processes(self) -> dict[int, str]:
        """Every process that has this state in its environment, with its command line."""
        mark = f"KATA_STATE={self.state}".encode()
        found = {}
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in path.read_bytes():
                    words = (path.parent / "cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(path.parent.name)] = words.decode(errors="replace")
            except OSError:
                continue
        return found

    def pid_of(self, part: str) -> int:
        """The process of a part: serve's own child."""
        names = {"web": "gunicorn", "worker": "celeryd", "beat": "beat"}
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        found = self.processes()
        return next(int(w) for w in text.split() if names[part] in found.get(int(w), ""))

    def valkey(self) -> int:
        return next(
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if str(self.short).encode() in _read(path) and b"valkey-server" in _read(path)
        )

    def stop(self, number: signal.Signals = signal.SIGINT, seconds: float = 60) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=seconds)

    def is_clean(self) -> bool:
        """No process, and no folder with a socket."""
        return not self.processes() and not list(self.short.glob(f"kata-{os.getuid()}-*"))

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.stop()
        if self.master >= 0:
            os.close(self.master)
        try:
            wait_for(self.is_clean)
        except AssertionError as error:
            raise AssertionError(self.processes(), list(self.short.iterdir())) from error
        finally:
            shutil.rmtree(self.short, ignore_errors=True)


# A terminal is a process's own once it opens it as the leader of a session.
ON_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.fixture
def served(tmp_path, state):
    """Not started yet; at the end no process, socket or folder of it is there."""
    served = Served(tmp_path, state)
    yield served
    served.close()
