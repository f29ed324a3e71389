"""A keeper and its child that are there before their run: forked, and their memory copied, while
nobody waits.

A warm process holds one spare at most. It serves one run, as a keeper that is forked for it would.
"""

import contextlib
import dataclasses
import os
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

from core import processes
from core.runner import keeper
from core.runner.job import Job, job_from_json
from core.runner.launch import Ends

Work = Callable[[Job], int]


class Spare:
    """`leave` lets go, in a fork, of what is the warm process's alone; `work` is what a child does."""

    def __init__(self, leave: Callable[[], None], work: Work) -> None:
        self.connection, theirs = socket.socketpair()
        if os.fork() == 0:
            self.connection.close()
            leave()
            _keep(theirs, work)
        theirs.close()

    def take(self, ends: Ends) -> bool:
        """Whether it keeps this run; it does not where something killed it."""
        with self.connection, contextlib.suppress(OSError):
            socket.send_fds(self.connection, [b"."], [*dataclasses.astuple(ends)])
            return True
        return False

    def close(self) -> None:
        """It ends."""
        self.connection.close()


def keep(ends: Ends, work: Work) -> NoReturn:
    """In a fork of a warm process: the keeper of one run."""
    _alone()
    keeper.keep(
        lifeline=ends.lifeline,
        report=ends.report,
        frames=ends.frames,
        start=lambda job: keeper.fork(job, work),
    )


def _keep(connection: socket.socket, work: Work) -> NoReturn:
    """The same, with a child that waits already."""
    _alone()
    mine, theirs = socket.socketpair()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        mine.close()
        connection.close()
        keeper.be_child(parent, lambda: _receive(theirs), work)
    theirs.close()
    ends = socket.recv_fds(connection, 1, 3)[1]
    if not ends:
        os._exit(0)  # no longer wanted; the child sees its socket end
    connection.close()

    def start(job: Job) -> int:
        try:
            with mine:
                socket.send_fds(mine, [b"."], [job.frames])
                mine.sendall(job.to_json().encode() + b"\n")
        except OSError:  # something killed it
            return keeper.fork(job, work)
        return child

    lifeline, report, frames = ends
    keeper.keep(lifeline=lifeline, report=report, frames=frames, start=start)


def _receive(connection: socket.socket) -> Job:
    """In the child, which copies its memory while it waits."""
    processes.own_pages()
    frames = socket.recv_fds(connection, 1, 1)[1]
    if not frames:
        os._exit(0)
    job = job_from_json(keeper.first_line(connection.fileno()))
    connection.close()
    return dataclasses.replace(job, frames=frames[0])


def _alone() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
