"""A warm Python that forks a keeper a run: single-threaded, and without settings for ever.

It imports what a run imports, apart from models and whatever reads settings, and starts a session of
pytest: a child can then set up any INSTALLED_APPS and any user model, and goes on with the session
where this process waits. For katas that share a set of apps and replace no settings, a *stage* is
forked from it first, which has those apps set up already.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
from typing import NoReturn

import pytest

from core.runner import child, keeper
from core.runner.launch import Ends

# What a run imports, by the modules that import the rest. A test holds the list complete.
PRELOAD = (
    "core.runner.child",
    "core.bookshop.apps",
    "core.bookshop.bulk",
    "core.bookshop.isbn",
    "core.bookshop.words",
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

# Beside them, once a run needs a server or uses an app: imported before the fork and never again.
ON_DEMAND = {
    "postgres": ("django.db.backends.postgresql.base", "core.judge.sessions"),
    # What katas of the api track share of it; its views and parsers read settings.
    "rest_framework": (
        "rest_framework.apps",
        "rest_framework.authentication",
        "rest_framework.checks",
        "rest_framework.negotiation",
        "rest_framework.permissions",
        "rest_framework.response",
        "rest_framework.serializers",
    ),
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

# What the tests of katas import of an app, once its models are there.
WITH_MODELS = {"core.bookshop": ("core.bookshop.generator",)}
LONGEST = 4096  # bytes of a message


def serve(connection: socket.socket) -> None:
    """Fork a keeper for every message, until the other end is gone."""
    load(PRELOAD)
    pytest.main([*child.OPTIONS, "--rootdir=/"], plugins=[Waiting(connection)])


class Waiting:
    """A plugin of a session that never collects: each child goes on with it where this one waits.

    So pytest is configured once, not once a run.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> NoReturn:
        session.config.pluginmanager.unregister(self)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies: nobody waits for a keeper
        Warm(self.connection, session).serve()


class Warm:
    """One warm process: the first, or a stage of it."""

    def __init__(self, connection: socket.socket, session: pytest.Session) -> None:
        self.connection = connection
        self.session = session
        self.stages: dict[tuple[str, ...], socket.socket] = {}
        self.imported: set[str] = set()

    def serve(self) -> NoReturn:
        share()
        self.connection.send(b"ready")
        while True:
            message, descriptors, _, _ = socket.recv_fds(self.connection, LONGEST, 3)
            if not message:
                os._exit(0)
            apps, brings = map(tuple, json.loads(message))
            if apps:
                self.pass_on(apps, brings, descriptors)
            else:
                self.import_for(brings)
                self.keep(Ends(*descriptors))
            for end in descriptors:
                os.close(end)

    def import_for(self, names: tuple[str, ...]) -> None:
        """What these needs and apps bring, once a run wants it."""
        if new := {*names} & {*ON_DEMAND} - self.imported:
            self.imported |= new
            for name in new:
                load(ON_DEMAND[name])
            share()

    def keep(self, ends: Ends) -> None:
        """Fork the keeper of one run."""
        if os.fork() == 0:
            self._leave()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            keeper.keep(
                lifeline=ends.lifeline,
                report=ends.report,
                frames=ends.frames,
                work=lambda job: child.main(job, self.session),
            )

    def pass_on(
        self, apps: tuple[str, ...], brings: tuple[str, ...], descriptors: list[int]
    ) -> None:
        """Let the stage of these apps fork the keeper; one that was killed is made anew."""
        message = json.dumps([(), brings]).encode()
        for _ in range(2):
            try:
                stage = self.stages.get(apps) or self._stage(apps, descriptors)
                socket.send_fds(stage, [message], descriptors)
            except OSError:
                self.stages.pop(apps, None)
            else:
                return
        self.keep(Ends(*descriptors))  # without a stage: slower, and the same verdict

    def _stage(self, apps: tuple[str, ...], descriptors: list[int]) -> socket.socket:
        """Fork the stage of these apps. The first run's descriptors are not its own to hold."""
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            mine.close()
            for end in descriptors:
                os.close(end)
            self._leave()
            gc.unfreeze()
            child.set_stage(apps)
            for app in apps:
                load(WITH_MODELS.get(app, ()))
            Warm(theirs, self.session).serve()
        theirs.close()
        if mine.recv(LONGEST) != b"ready":
            raise OSError("the stage ended")
        self.stages[apps] = mine
        return mine

    def _leave(self) -> None:
        """In a fork: let go of what is the parent's alone."""
        for each in (self.connection, *self.stages.values()):
            each.close()
        self.stages = {}


def load(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)


def share() -> None:
    """What is here now stays shared with every child."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
