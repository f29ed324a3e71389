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
    # Of REST framework, what katas of the api track share; its views and parsers read settings.
    "rest_framework.apps",
    "rest_framework.authentication",
    "rest_framework.checks",
    "rest_framework.negotiation",
    "rest_framework.permissions",
    "rest_framework.response",
    "rest_framework.serializers",
)


def serve(connection: socket.socket) -> NoReturn:
    """Fork a keeper for every message of three descriptors, until the other end is gone."""
    for name in PRELOAD:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies: nobody waits for a keeper
    gc.collect()
    gc.freeze()  # what is here stays shared with every child
    connection.send(b"ready")
    while True:
        message, ends = _receive(connection)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            connection.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            keeper.keep(lifeline=ends.lifeline, report=ends.report, frames=ends.frames)
        for end in (ends.lifeline, ends.report, ends.frames):
            os.close(end)


def _receive(connection: socket.socket) -> tuple[bytes, Ends]:
    message, descriptors, _, _ = socket.recv_fds(connection, 16, 3)
    return message, Ends(*(descriptors or (-1, -1, -1)))


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
        socket.send_fds(self.connection, [b"run"], [ends.lifeline, ends.report, ends.frames])

    def __enter__(self) -> "Forker":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _nothing() -> None:
    """The forker's keepers are nobody's to wait for."""


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
