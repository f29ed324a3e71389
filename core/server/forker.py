"""The process that wants runs and its warm Python, see `core.server.warm`: one starts the other.

When the first ends, so does the second.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

from core import processes
from core.runner.job import Ahead
from core.runner.launch import Ends, cold, environment
from core.state import ROOT


class Forker:
    """Starts the warm Python when it is first needed, and again when it has died.

    Calling it is launching: it is a `core.runner.launch.Launcher`. Safe to call from several threads.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.connection: socket.socket | None = None

    def start(self) -> None:
        """Start it and wait until it is warm; half a second."""
        self.stop()
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "core.server.warm", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                env=environment(),
                start_new_session=True,
            )
        self.connection = mine
        mine.recv(16)

    def stop(self) -> None:
        if self.connection:
            self.connection.close()
        if self.process:
            self.process.wait()
        self.connection = self.process = None

    def kill(self) -> None:
        """End it and every run that it forked, a keeper that hangs too."""
        if self.process:
            for pid in (self.process.pid, *processes.descendants(self.process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.stop()

    def __call__(self, ends: Ends, ahead: Ahead) -> Callable[[], object]:
        with self.lock:
            for _ in range(2):
                with contextlib.suppress(OSError):
                    if self.connection is None:
                        self.start()
                    self._send(ends, ahead)
                    return _nothing
                self.stop()
        return cold(ends, ahead)  # it cannot be started: slower, and the same verdict

    def _send(self, ends: Ends, ahead: Ahead) -> None:
        if self.connection is None:
            raise OSError("the forker is not running")
        message = json.dumps([ahead.stage, ahead.brings]).encode()
        socket.send_fds(self.connection, [message], [ends.lifeline, ends.report, ends.frames])

    def __enter__(self) -> "Forker":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _nothing() -> None:
    """The forker's keepers are nobody's to wait for."""
