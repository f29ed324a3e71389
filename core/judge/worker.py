"""A real Celery worker for a kata's application: a process within the run, its broker a real one.

It is forked from the child that judges, which has Django, the kata and Celery imported: ready in a
tenth of a second. Messages and results go through the broker, as they would anywhere.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Literal

from core.judge.expectation import Mismatch
from core.processes import descendants, die_with_parent

if TYPE_CHECKING:  # a kata without tasks does not pay for it
    from celery import Celery
    from celery.result import AsyncResult

READY = 10.0  # seconds for a worker to answer a ping
PING = 0.25  # seconds for an answer to one
LOOK = 0.01  # seconds between two looks at a task's state
# A task that a lost worker had is looked for this often, not every hundred seconds; when it counts as
# lost, the kata says by `visibility_timeout`.
RESTORE = {"unacked_restore_interval": 0.2, "unacked_restore_throttle": 1}
Pool = Literal["solo", "prefork"]


class Ended(Mismatch):
    """A worker that ended by itself, or never was ready; its own words are in the run's output."""


class Worker:
    """The process of a worker, and what a test may do to it."""

    def __init__(self, app: "Celery", name: str, process: Any) -> None:
        self.app = app
        self.name = name
        self.process = process
        self.ended = False  # by the test

    @property
    def running(self) -> bool:
        return bool(self.process.is_alive())

    def kill(self) -> None:
        """End it at once, as a lost machine would: it and its pool, in the middle of a task."""
        self.ended = True
        if self.running:
            for pid in (self.process.pid, *descendants(self.process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.join()

    def begun(self, result: "AsyncResult[Any]", *, seconds: float = 5.0) -> None:
        """Wait until a worker has begun with a task; Mismatch where none has in time.

        A moment later the task's own code runs: what it did by then, only it can tell.
        """
        end = time.monotonic() + seconds
        while result.state == "PENDING":
            if time.monotonic() > end:
                raise Mismatch(f"task {result.id}", "still waiting", "a worker to begin with it")
            time.sleep(LOOK)

    def stop(self, *, seconds: float = 5.0) -> None:
        """Ask it to end what it is at, and to end; a second, or Mismatch where it does not in time."""
        self.ended = True
        self.process.terminate()
        self.process.join(seconds)
        if self.running:
            raise Mismatch("the worker", "still working", f"it to end within {seconds:g} seconds")


@contextlib.contextmanager
def worker(app: "Celery", *, pool: Pool = "solo", queues: tuple[str, ...] = ()) -> Iterator[Worker]:
    """A worker for `app`, ready when the block begins and killed with its end, whatever it is at.

    Its broker and result backend are those of the environment, which a kata with needs = ["redis"]
    has. `pool` "solo" runs tasks in the worker itself, "prefork" in one process below it. The test
    must be a TransactionTestCase where tasks use the database. Ended where it ends by itself.
    """
    _import_what_it_needs(pool)
    name = f"kata{time.monotonic_ns()}@here"
    mine, theirs = multiprocessing.Pipe(duplex=False)
    sys.stdout.flush()  # what is not written yet would be written twice
    sys.stderr.flush()
    process = multiprocessing.get_context("fork").Process(
        target=_work, args=(app, name, pool, queues, theirs, os.getpid())
    )
    process.start()
    theirs.close()
    running = Worker(app, name, process)
    try:
        _until_ready(running, mine)
        yield running
        if not running.running and not running.ended:
            raise Ended("the worker", _how(process.exitcode), "it to work until the test ends")
    finally:
        mine.close()
        running.kill()
        process.close()


def _import_what_it_needs(pool: Pool) -> None:
    """In this process, for this worker and those that come after it."""

    __import__(f"celery.concurrency.{pool}")


def _until_ready(running: Worker, said: Connection) -> None:
    """Wait until it says so, then until it answers."""
    end = time.monotonic() + READY
    ready = wait([said, running.process.sentinel], READY)
    if said in ready:
        with contextlib.suppress(EOFError):
            said.recv()
            while time.monotonic() < end and running.running:
                answers = running.app.control.ping([running.name], timeout=PING, limit=1)
                if answers:
                    return
    running.process.join(0.1)
    got = "no answer" if running.running else _how(running.process.exitcode)
    raise Ended("the worker", got, f"it to answer a ping within {READY:.0f} seconds")


def _how(status: int | None) -> str:
    if status is not None and status < 0:
        return f"it was ended by the signal {signal.Signals(-status).name}"
    return f"it ended by itself with status {status}"


def _work(
    app: "Celery", name: str, pool: Pool, queues: tuple[str, ...], ready: Connection, parent: int
) -> None:
    """In the forked process: be the worker until told to end."""
    os.setsid()  # signals to the test are not for it
    die_with_parent(parent)
    _leave_connections()
    from celery.exceptions import SecurityWarning
    from celery.signals import worker_ready

    warnings.simplefilter("ignore", SecurityWarning)  # of root, who a container's user may be

    def say(**_: Any) -> None:
        ready.send(True)

    worker_ready.connect(say)
    os.environ["CELERY_SKIP_CHECKS"] = "1"  # Django's own, of pages that a kata may not have
    app.conf.task_track_started = True
    app.conf.worker_redirect_stdouts = False  # what a task prints goes where the test's goes
    app.conf.broker_connection_retry_on_startup = False
    app.conf.broker_transport_options = RESTORE | app.conf.broker_transport_options
    running = app.Worker(
        hostname=name,
        pool_cls=pool,
        concurrency=1,
        queues=list(queues) or None,
        loglevel=logging.WARNING,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    running.start()
    sys.exit(running.exitcode)


_left: list[Any] = []


def _leave_connections() -> None:
    """A database connection is its process's own: this one opens others."""
    from django.conf import settings
    from django.db import connections

    if not settings.configured:
        return
    for connection in connections.all(initialized_only=True):
        _left.append(connection)  # closing it would end the test's own
        del connections[connection.alias]
