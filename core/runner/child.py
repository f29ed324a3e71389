"""Inside the child: Django with one kata installed, then its tests or its demo.

Runs after the keeper's fork, in the run folder, with frames as the only way back.
"""

import contextlib
import gc
import importlib
import logging
import os
import sys
import tempfile
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import setup_databases
from pytest_django.plugin import blocking_manager_key

from core.demo import Lab, call_each, measure
from core.judge import instrument
from core.judge.growth import forget
from core.runner import tables
from core.runner.job import Channel, Job
from core.runner.overlay import settings as overlay
from core.runner.plugin import Frames
from core.runner.problem import problem_of

# Django under pytest, and nothing that a run has no use for.
UNUSED = (
    *("cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "pastebin", "setuponly"),
    *(
        "legacypath",
        "python_path",
        "setupplan",
        "stepwise",
        "terminal",
        "threadexception",
        "unraisableexception",
        "warnings",
    ),
)
OPTIONS = (
    *("-p", "pytest_django.plugin", "--capture=no", "-c", os.devnull),
    *(f"-pno:{name}" for name in UNUSED),
)


def main(job: Job, session: pytest.Session | None = None) -> int:
    """Do the job; the exit status of the process.

    `session` is one of pytest that was started with OPTIONS before the fork, and waits to collect.
    """
    channel = Channel(job.frames, job.token)
    sys.dont_write_bytecode = True
    gc.disable()  # while modules are imported, which makes no garbage
    try:
        set_up(job)
        if job.mode in ("demo", "measure", "calls"):
            show_costs(job, channel)
        else:
            judge(job, channel, session)
    except BaseException as error:  # noqa: BLE001 - models.py is imported here, and is the learner's
        channel.send("problem", problem=problem_of(error, job))
    channel.send("end")
    return 0


def set_up(job: Job) -> None:
    """Import path, settings, the judge's instruments, and Django with the kata's models."""
    sys.path.insert(0, job.path)
    tempfile.tempdir = None  # a stage has looked for one already, in an environment of its own
    instrument.attach(folder=job.folder, edit=job.edit, seed=job.seed, bounded=job.mode != "debug")
    # "Forbidden: /me/" of a request that a case wants refused is no output of the learner's.
    logging.getLogger("django.request").addHandler(logging.NullHandler())
    values = overlay(job)
    if settings.configured:  # before the fork, in a stage
        for name, value in values.items():
            setattr(settings, name, value)
        # Models have asked the vendor for the longest name of a table: a connection may be there.
        forget_connections()
        connections.settings = connections.configure_settings(values["DATABASES"])
        apps.set_installed_apps(values["INSTALLED_APPS"])
    else:
        settings.configure(**values)
        django.setup()


def forget_connections() -> None:
    """Close them, so that new ones are made, by the settings as they are then."""
    for connection in connections.all(initialized_only=True):
        # Its own close() keeps a database in memory, and SQLite would share that with the next.
        BaseDatabaseWrapper.close(connection)
        del connections[connection.alias]


def judge(job: Job, channel: Channel, session: pytest.Session | None) -> None:
    """Run tests.py, a frame a case; in mode "collect" only say which cases there are."""
    frames = Frames(job, channel)
    tests = os.path.join(job.folder, "tests.py")
    collect = job.mode == "collect"
    if session is None:
        place = [f"--rootdir={job.path}", f"--confcutdir={job.path}"]
        options = [*OPTIONS, *place, *(["--collect-only"] if collect else [])]
        pytest.main([*options, tests], plugins=[frames])
    else:
        config = session.config
        config.args, config.option.collectonly = [tests], collect
        config.pluginmanager._confcutdir = Path(job.path)
        config.pluginmanager.register(frames)
        with config.stash[blocking_manager_key].block():  # as pytest-django does with settings
            go_on(session)


def rehearse(job: Job, session: pytest.Session) -> None:
    """Judge in this process, which goes on, and leave the session as it was."""
    path, manager = [*sys.path], session.config.pluginmanager
    before = manager.get_plugins()
    with open(os.devnull, "w") as nobody:
        judge(job, Channel(nobody.fileno(), job.token), session)
    for plugin in manager.get_plugins() - before:
        manager.unregister(plugin)
    session.items = []
    session.testsfailed = session.testscollected = 0
    sys.path[:] = path
    forget()
    forget_connections()


def go_on(session: pytest.Session) -> None:
    """What pytest does between the start of a session and its end, which no child comes to."""
    # One where nothing could be collected: the frames have said so.
    with contextlib.suppress(session.Failed, session.Interrupted):
        session.config.hook.pytest_collection(session=session)
        session.config.hook.pytest_runtestloop(session=session)


def show_costs(job: Job, channel: Channel) -> None:
    """The kata's demo command or its lab's calls on one size of data, or these at several."""
    gc.enable()
    if job.database != "none" and not tables.build(job):
        setup_databases(verbosity=0, interactive=False)
    if job.mode != "demo":
        lab = Lab(importlib.import_module(f"{job.package}.lab"))
        if job.mode == "measure":
            measure(lab, channel.send)
        else:
            call_each(lab, job.size, channel.send)
        return
    slug = job.package.rpartition(".")[2]
    command = importlib.import_module(f"{job.package}.management.commands.{slug}").Command()
    command.send = channel.send
    call_command(command, **({"size": job.size} if job.size else {}))
