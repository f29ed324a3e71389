"""Inside the child: Django with one kata installed, then its tests or its demo.

Runs after the keeper's fork, in the run folder, with frames as the only way back.
"""

import importlib
import os
import sys

from core.judge import instrument
from core.runner.job import Channel, ChannelClosed, Job

CLOSED = 71  # exit status when the pipe for frames was closed by the code under judgement

PYTEST_OPTIONS = [
    "-p", "pytest_django.plugin",
    *[f"-pno:{name}" for name in (
        "cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "pastebin",
        "setuponly", "setupplan", "stepwise", "terminal", "threadexception",
        "unraisableexception", "warnings",
    )],
    "--capture=no",
    "--continue-on-collection-errors",
    "-o", "addopts=",
]  # fmt: skip


def main(job: Job) -> int:
    """Do the job; the exit status of the process."""
    channel = Channel(job.frames, job.token)
    sys.dont_write_bytecode = True
    set_up(job)
    try:
        if job.mode == "demo":
            demo(job, channel)
        else:
            judge(job, channel)
        channel.send("end")
    except ChannelClosed:
        return CLOSED
    return 0


def set_up(job: Job) -> None:
    """Import path, settings and the judge's instruments; Django itself waits for pytest-django."""
    from django.conf import settings

    from core.runner.overlay import settings as overlay

    sys.path.insert(0, job.path)
    settings.configure(**overlay(job))
    instrument.attach(folder=job.folder, edit=job.edit, seed=job.seed)


def judge(job: Job, channel: Channel) -> None:
    """Run tests.py, a frame a case."""
    import pytest

    from core.runner.plugin import Frames

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = [f"--rootdir={job.path}", f"--confcutdir={job.path}", "-c", os.devnull]
    collect = ["--collect-only"] if job.mode == "collect" else []
    tests = os.path.join(job.folder, "tests.py")
    pytest.main([*PYTEST_OPTIONS, *options, *collect, tests], plugins=[Frames(job, channel)])


def demo(job: Job, channel: Channel) -> None:
    """Build the data, then run the kata's demo command."""
    import django
    from django.core.management import call_command
    from django.test.utils import setup_databases

    django.setup()
    if job.database != "none":
        setup_databases(verbosity=0, interactive=False)
    command = importlib.import_module(f"{job.package}.management.commands.{job.package.split('.')[-1]}").Command()
    command.send = channel.send
    call_command(command, size=job.size)
