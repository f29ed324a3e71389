"""A server of a lab as its supervisor sees it: started warm, told once, ended."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from core.lab.control import Line
from core.runner.launch import environment
from core.state import ROOT


class Server:
    """What it says goes to the inbox as (this server, message); its end as (this server, None)."""

    def __init__(self, listener: socket.socket, inbox: "queue.SimpleQueue[Any]") -> None:
        mine, theirs = socket.socketpair()
        self.inbox = inbox
        self.line = Line(mine)
        self.busy: dict[int, tuple[str, float]] = {}  # requests that run, and since when
        with theirs:
            handed = (theirs.fileno(), listener.fileno())
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "core.lab.server", *map(str, handed), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env=environment(),
                pass_fds=handed,
                start_new_session=True,
            )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for message in self.line.messages():
            self.inbox.put((self, message))
        self.inbox.put((self, None))

    def leave(self) -> None:
        """Have it end by itself, once what it was asked is answered."""
        self.line.send(stop=True)

    def end(self) -> int:
        """Kill it with all that it started; how it had ended, if it was before us."""
        status = self.process.poll()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        ended = self.process.wait()
        return ended if status is None else status
