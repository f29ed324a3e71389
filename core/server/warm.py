"""A warm Python that forks a keeper a run: single-threaded, and without settings for ever.

It imports what a run imports, apart from models and whatever reads settings, and starts a session of
pytest: a child can then set up any INSTALLED_APPS and any user model, and goes on with the session
where this process waits. For katas with the same apps and settings, a *stage* is forked from it
first, which has them set up already. Once nothing comes, a stage rehearses, and
whoever forks keepers forks one ahead, see `core.server.spare`.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from typing import NoReturn

import pytest

from core.kata import Limits
from core.runner import child
from core.runner.job import Job
from core.runner.launch import Ends
from core.runner.tables import image
from core.server import spare
from core.state import ROOT

# What a run imports, by the modules that import the rest. A test holds the list complete.
PRELOAD = (
    "core.runner.child",
    "core.bookshop.apps",
    "core.bookshop.bulk",
    "core.bookshop.isbn",
    "core.bookshop.words",
    "core.judge",
    "core.judge.rows",
    "_strptime",
    "encodings.unicode_escape",
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

REST = ("rest_framework.routers", "rest_framework.test", "rest_framework.viewsets")
# What katas with this app or this setting import, once a stage has them set up.
ONCE_SET_UP = {
    "core.bookshop": ("core.bookshop.generator",),
    "rest_framework": REST,
    "REST_FRAMEWORK": REST,
    "MIDDLEWARE": (
        "django.conf.locale.en.formats",
        "django.conf.urls",
        "django.contrib.auth.backends",
        "django.contrib.auth.middleware",
        "django.contrib.auth.mixins",
        "django.contrib.auth.views",
        "django.contrib.sessions.backends.signed_cookies",
        "django.contrib.sessions.middleware",
        "django.contrib.sessions.serializers",
        "django.template.context_processors",
        "django.template.loaders.app_directories",
        "django.template.loaders.cached",
        "django.templatetags.cache",
        "django.templatetags.l10n",
        "django.templatetags.tz",
        "django.views.defaults",
        "django.views.generic",
    ),
}
LONGEST = 16_384  # bytes of a message
QUIET = 0.1  # seconds without a run
MOST_STAGES = 4  # each holds some 60 MB of its own


def serve(connection: socket.socket) -> None:
    """Fork a keeper for every message, until the other end is gone."""
    load(PRELOAD)
    # An argument, lest pytest look for a conftest.py where this process was started.
    pytest.main([*child.OPTIONS, "--rootdir=/", os.devnull], plugins=[Waiting(connection)])


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

    def __init__(
        self, connection: socket.socket, session: pytest.Session, rehearsal: Job | None = None
    ) -> None:
        self.connection = connection
        self.session = session
        self.stages: dict[str, socket.socket] = {}  # the one that was wanted last comes last
        self.imported: set[str] = set()
        self.rehearsal = rehearsal
        self.spare: spare.Spare | None = None
        self.keeps = False  # whether runs come to this one

    def serve(self) -> NoReturn:
        share()
        self.connection.send(b"ready")
        while True:
            self.rest()
            message, descriptors, _, _ = socket.recv_fds(self.connection, LONGEST, 3)
            if not message:
                os._exit(0)
            stage, brings = json.loads(message)
            if stage:
                self.pass_on(stage, brings, descriptors)
            else:
                self.import_for(brings)
                self.keep(Ends(*descriptors))
            for end in descriptors:
                os.close(end)

    def rest(self) -> None:
        """Until the next run is asked for; what makes it quicker is done while nobody waits."""
        if not self.keeps or self.spare or select.select([self.connection], [], [], QUIET)[0]:
            return
        if self.rehearsal:
            child.rehearse(self.rehearsal, self.session)
            self.rehearsal = None
            share()
        self.spare = spare.Spare(self._leave, self.work)

    def work(self, job: Job) -> int:
        return child.main(job, self.session)

    def import_for(self, names: list[str]) -> None:
        """What these needs and apps bring, once a run wants it."""
        if new := {*names} & {*ON_DEMAND} - self.imported:
            self.imported |= new
            for name in new:
                load(ON_DEMAND[name])
            share()
            if self.spare:  # it was forked without them
                self.spare.close()
                self.spare = None

    def keep(self, ends: Ends) -> None:
        """Have one run kept: by the spare, or by a fork."""
        self.keeps = True
        ahead, self.spare = self.spare, None
        if (not ahead or not ahead.take(ends)) and os.fork() == 0:
            self._leave()
            spare.keep(ends, self.work)

    def pass_on(self, wanted: str, brings: list[str], descriptors: list[int]) -> None:
        """Let the stage that is wanted fork the keeper; one that was killed is made anew."""
        message = json.dumps(["", brings]).encode()
        for _ in range(2):
            try:
                stage = self.stages.pop(wanted, None) or self._stage(wanted, descriptors)
                socket.send_fds(stage, [message], descriptors)
                self.stages[wanted] = stage
            except OSError:
                continue
            for each in [*self.stages][:-MOST_STAGES]:
                self.stages.pop(each).close()  # it ends
            return
        self.keep(Ends(*descriptors))  # without a stage: slower, and the same verdict

    def _stage(self, wanted: str, descriptors: list[int]) -> socket.socket:
        """Fork a stage. The first run's descriptors are not its own to hold."""
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            mine.close()
            for end in descriptors:
                os.close(end)
            self._leave()
            gc.unfreeze()
            job = rehearsal(wanted)
            child.set_up(job)
            for name in (*job.uses, *job.settings, *job.settings_add):
                load(ONCE_SET_UP.get(name, ()))
            Warm(theirs, self.session, job).serve()
        theirs.close()
        if mine.recv(LONGEST) != b"ready":
            raise OSError("the stage ended")
        return mine

    def _leave(self) -> None:
        """In a fork: let go of what is the parent's alone."""
        for each in (self.connection, *self.stages.values()):
            each.close()
        if self.spare:
            self.spare.close()
        self.stages, self.spare = {}, None


def rehearsal(stage: str) -> Job:
    """What a stage is set up for: a kata with these fields of a Job."""
    fields = json.loads(stage)
    apps = tuple(fields.pop("uses"))
    return Job(
        **fields,
        uses=apps,
        mode="tests",
        path=str(ROOT),
        package="core.server.rehearsal",
        edit=("exercise.py",),
        build="models",
        limits=Limits(),
        seed=1,
        image=image(apps, make=False) if fields["database"] != "none" else "",
    )


def load(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)


def share() -> None:
    """What is here now stays shared with every child."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
