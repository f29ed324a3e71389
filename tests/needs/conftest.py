"""Hosts and servers of a workspace of the test's own, of which nothing may be left."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, wait_for

# A client in a process of its own: prints its URL, and holds the lease until its input ends.
CLIENT = """
import sys
from core.needs.lease import lease

held = lease(sys.argv[1], **({"apps": None} if sys.argv[1] == "postgres" else {}))
print(*held.environment.values(), flush=True)
sys.stdin.read()
"""


class Ground:
    """Where the test's hosts are, what runs there, and a way to be several clients."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"KATA_STATE": str(state), "TMPDIR": str(folder)}
        self.clients: list[subprocess.Popen[str]] = []

    def client(self, need: str) -> subprocess.Popen[str]:
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, need],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.clients.append(client)
        return client

    def hosts(self) -> list[int]:
        return [pid for pid in everyone() if "core.needs.host" in command(pid) and self.owns(pid)]

    def owns(self, pid: int) -> bool:
        return f"TMPDIR={self.folder}".encode() in read(f"/proc/{pid}/environ")

    def servers(self) -> list[int]:
        """Processes that work in a folder of this ground, the server's own first."""
        return [pid for pid in everyone() if str(self.folder) in working_folder(pid)]

    def main_server(self) -> int:
        return next(pid for pid in self.servers() if str(self.folder) in command(pid))

    def is_clean(self) -> bool:
        return not self.hosts() and not self.servers() and not list(self.folder.iterdir())

    def close(self) -> None:
        for client in self.clients:
            with contextlib.suppress(BrokenPipeError):
                client.communicate(timeout=60)


@pytest.fixture
def ground(monkeypatch, own_servers):
    """A workspace of the test's own; at the end everything must be gone."""
    folder = Path(tempfile.mkdtemp(prefix="kn-", dir="/tmp"))
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    before = memory()
    ground = Ground(folder, own_servers)
    yield ground
    ground.close()
    try:
        wait_for(ground.is_clean)
        assert memory() <= before
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def everyone() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def command(pid: int) -> str:
    return read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode(errors="replace")


def read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def working_folder(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""


def memory() -> set[str]:
    """Segments of shared memory that nobody is attached to, on the whole machine."""
    names, *segments = Path("/proc/sysvipc/shm").read_text().splitlines()
    attached = names.split().index("nattch")
    return {line.split()[1] for line in segments if line.split()[attached] == "0"}
