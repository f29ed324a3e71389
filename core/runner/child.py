"""Inside the child: Django with one kata installed, then its tests or its demo.

Runs after the keeper's fork, in the run folder, with frames as the only way back.
"""

import gc
import importlib
import os
import sys

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test.utils import setup_databases

from core.demo import measure
from core.judge import instrument
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
OPTIONS = ("-p", "pytest_django.plugin", "--capture=no", "-c", os.devnull)


def main(job: Job) -> int:
    """Do the job; the exit status of the process."""
    channel = Channel(job.frames, job.token)
    sys.dont_write_bytecode = True
    gc.disable()  # while modules are imported, which makes no garbage
    try:
        set_up(job)
        if job.mode in ("demo", "measure"):
            show_costs(job, channel)
        else:
            judge(job, channel)
    except BaseException as error:  # noqa: BLE001 - models.py is imported here, and is the learner's
        channel.send("problem", problem=problem_of(error, job))
    channel.send("end")
    return 0


def set_up(job: Job) -> None:
    """Import path, settings, the judge's instruments, and Django with the kata's models."""
    sys.path.insert(0, job.path)
    settings.configure(**overlay(job))
    instrument.attach(folder=job.folder, edit=job.edit, seed=job.seed, bounded=job.mode != "debug")
    django.setup()


def judge(job: Job, channel: Channel) -> None:
    """Run tests.py, a frame a case; in mode "collect" only say which cases there are."""
    collect = ["--collect-only"] if job.mode == "collect" else []
    run_pytest(job, [*(f"-pno:{name}" for name in UNUSED), *collect], Frames(job, channel))


def run_pytest(job: Job, options: list[str], *plugins: object) -> int:
    tests = os.path.join(job.folder, "tests.py")
    place = [f"--rootdir={job.path}", f"--confcutdir={job.path}"]
    return int(pytest.main([*OPTIONS, *place, *options, tests], plugins=list(plugins)))


def show_costs(job: Job, channel: Channel) -> None:
    """The kata's demo command on one size of data, or its lab at several."""
    gc.enable()
    if job.database != "none" and not tables.build(job):
        setup_databases(verbosity=0, interactive=False)
    if job.mode == "measure":
        measure(importlib.import_module(f"{job.package}.lab"), channel.send)
        return
    slug = job.package.rpartition(".")[2]
    command = importlib.import_module(f"{job.package}.management.commands.{slug}").Command()
    command.send = channel.send
    call_command(command, **({"size": job.size} if job.size else {}))
