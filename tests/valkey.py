"""A real Valkey of a test's own, on a socket in a short folder; it may be killed and started again."""

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import redis

from core.needs.find import find_program
from tests.conftest import unavailable, wait_for


class Valkey:
    def __init__(self) -> None:
        found = find_program("redis")
        if found is None or found.program is None:
            unavailable("Valkey: run `scripts/test` once, which installs what the checks need")
        self.program = found.program
        self.folder = Path(tempfile.mkdtemp(prefix="kv-", dir="/tmp"))
        self.url = f"unix://{self.folder}/s?db=0"
        self.client = redis.Redis.from_url(self.url, decode_responses=True)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(self.program, "--port", "0", "--unixsocket", self.folder / "s"),
                *(
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--dir",
                    self.folder,
                    "--loglevel",
                    "warning",
                ),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        wait_for(self.answers)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        """Everything that it held is gone."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        (self.folder / "s").unlink()

    def close(self) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder)
