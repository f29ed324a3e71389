"""A command at a terminal, as pexpect has it, forked from a warm Python in place of started."""

import os
import pty
import termios
from typing import Any

import pexpect
from ptyprocess import PtyProcess

from tests.forkserver import Forked, ForkServer


class Terminal(pexpect.spawn):
    """`python ARGUMENTS…` with a terminal of its own, of so many lines and columns."""

    def __init__(
        self,
        forkserver: ForkServer,
        *arguments: str,
        env: dict[str, str],
        dimensions: tuple[int, int],
        timeout: float,
    ) -> None:
        super().__init__(None, timeout=timeout, encoding="utf-8")
        mine, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, dimensions)
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
        forked = forkserver.start(*arguments, env=env, terminal=True, **streams)
        os.close(theirs)
        self.ptyproc = _Process(forked, mine)
        self.pid, self.child_fd = forked.pid, mine
        self.terminated = self.closed = False
        self.delaybeforesend = None


class _Process(PtyProcess):
    """The end of it is told by the fork server, whose child it is."""

    def __init__(self, forked: Forked, fd: int) -> None:
        super().__init__(forked.pid, fd)
        self.forked = forked

    def isalive(self) -> bool:
        if self.terminated or self.forked.poll() is None:
            return not self.terminated
        self.wait()
        return False

    def wait(self) -> Any:
        status = self.forked.wait()
        self.terminated = True
        self.exitstatus, self.signalstatus = (status, None) if status >= 0 else (None, -status)
        return self.exitstatus
