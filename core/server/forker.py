"""A warm Python that forks a keeper a run: single-threaded, and without settings for ever.

It imports what a run imports, apart from models and whatever reads settings: a child can then set up
any INSTALLED_APPS and any user model. `Forker` is the other end, in the process that wants runs; when
that process ends, so does this one.
"""

import contextlib
import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from core.runner import keeper
from core.runner.launch import Ends, cold, environment
from core.state import ROOT

# What a run imports, by the modules that import the rest. A test holds the list complete.
PRELOAD = (
    "core.runner.child",
    "core.judge",
    "_pytest._argcomplete",
    "_pytest.helpconfig",
    "_pytest.skipping",
    "_pytest.unittest",
    "django.contrib.auth.apps",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.contrib.auth.validators",
    "django.contrib.contenttypes.apps",
    "django.core.cache.backends.locmem",
    "django.core.mail.backends.locmem",
    "django.core.management.commands.createcachetable",
    "django.core.management.commands.flush",
    "django.core.management.commands.migrate",
    "django.db.backends.dummy.base",
    "django.db.backends.sqlite3.base",
    "django.db.models.sql.compiler",
    "django.template.backends.django",
    "django.template.loader",
    "django.test",
    "django.utils.translation.reloader",
    "parameterized",
    "pdb",
    "pwd",
    "pytest_django.plugin",
    "readline",
)

# Beside them, once a run needs the server: its client, imported before the fork and never again.
CLIENTS = {
    "postgres": ("django.db.backends.postgresql.base", "core.judge.sessions"),
    "redis": (
        "redis",
        "core.judge.redis_trips",
        "core.judge.worker",
        "celery.app.control",
        "celery.app.events",
        "celery.apps.worker",
        "celery.backends.redis",
        "celery.bin.worker",
        "celery.concurrency.prefork",
        "celery.concurrency.solo",
        "celery.contrib.django.task",
        "celery.events.receiver",
        "celery.fixups.django",
        "celery.worker.consumer",
        "celery.worker.strategy",
        "kombu.transport.redis",
        "multiprocessing.popen_fork",
    ),
}
LARGEST = 256  # bytes of a message: the needs of a run


def serve(connection: socket.socket) -> NoReturn:
    """Fork a keeper for every message of three descriptors, until the other end is gone.

    A message is "run" and the needs of the run.
    """
    _warm(PRELOAD)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies: nobody waits for a keeper
    connection.send(b"ready")
    while True:
        message, ends = _receive(connection)
        if not message:
            os._exit(0)
        for need in ends.needs:
            _warm(CLIENTS.pop(need, ()))
        if os.fork() == 0:
            connection.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            keeper.keep(lifeline=ends.lifeline, report=ends.report, frames=ends.frames)
        for end in (ends.lifeline, ends.report, ends.frames):
            os.close(end)


def _warm(names: tuple[str, ...]) -> None:
    if names:
        for name in names:
            importlib.import_module(name)
        gc.collect()
        gc.freeze()  # what is here stays shared with every child


def _receive(connection: socket.socket) -> tuple[bytes, Ends]:
    message, descriptors, _, _ = socket.recv_fds(connection, LARGEST, 3)
    needs = message.decode().split()[1:]
    lifeline, report, frames = descriptors or (-1, -1, -1)
    return message, Ends(lifeline, report, frames, tuple(needs))


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
                [sys.executable, "-m", "core.server.forker", str(theirs.fileno())],
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

    def __call__(self, ends: Ends) -> Callable[[], object]:
        with self.lock:
            for _ in range(2):
                with contextlib.suppress(OSError):
                    if self.connection is None:
                        self.start()
                    self._send(ends)
                    return _nothing
                self.stop()
        return cold(ends)  # it cannot be started: slower, and the same verdict

    def _send(self, ends: Ends) -> None:
        if self.connection is None:
            raise OSError("the forker is not running")
        message = " ".join(("run", *ends.needs)).encode()
        socket.send_fds(self.connection, [message], [ends.lifeline, ends.report, ends.frames])

    def __enter__(self) -> "Forker":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _nothing() -> None:
    """The forker's keepers are nobody's to wait for."""


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
