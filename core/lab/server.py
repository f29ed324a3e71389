"""One server of a lab: a process that waits, warm, until it is told which kata to serve.

It uses the learner's files in place, and ends at the next save: the supervisor then tells another.
Told of a problem, it serves the page that shows it, without the kata.
"""

import importlib
import logging
import os
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NoReturn

from core.lab.control import Line, Message
from core.lab.gate import Gate
from core.processes import die_with_parent
from core.runner.job import Job, job_from_json
from core.runner.problem import problem_of

# What every lab imports, as far as it reads no settings.
PRELOAD = (
    "core.bookshop.apps",
    "core.bookshop.bulk",
    "core.bookshop.words",
    "core.demo",
    "core.judge.plan",
    "core.judge.sqlite_plan",
    "debug_toolbar.settings",
    "django.contrib.auth.apps",
    "django.contrib.auth.hashers",
    "django.contrib.contenttypes.apps",
    "django.contrib.staticfiles.finders",
    "django.core.handlers.wsgi",
    "django.core.management.commands.flush",
    "django.core.management.commands.migrate",
    "django.core.servers.basehttp",
    "django.db.backends.sqlite3.base",
    "django.db.models.sql.compiler",
    "django.template.backends.django",
    "django.template.loader",
    "django.test.signals",
    "pygments.formatters.html",
    "pygments.lexers.python",
    "pygments.lexers.sql",
    "rest_framework.serializers",
    "sqlparse",
)


def main(control: int, listener: int, parent: int) -> None:
    die_with_parent(parent)
    sys.dont_write_bytecode = True
    logging.getLogger("django.request").addHandler(logging.NullHandler())  # the pages say it
    for name in PRELOAD:
        importlib.import_module(name)
    line = Line(socket.socket(fileno=control))
    messages = line.messages()
    told = next(messages, None)
    if told is None:
        return
    gate = Gate(line, token=told["token"], slug=told["slug"])
    threading.Thread(target=_listen, args=(messages, gate), daemon=True).start()
    try:
        app = _problem(told, line) if told.get("problem") else _kata(told, gate)
    except BaseException as error:  # noqa: BLE001 - the learner's modules are imported here
        line.send(problem=_said(error, told))
        os._exit(0)
    gate.serve(app, socket.socket(fileno=listener))


def _listen(messages: Any, gate: Gate) -> NoReturn:
    """The supervisor's answers; when it is gone, so is this process."""
    for message in messages:
        if message.get("stop"):
            gate.stop()
        gate.answered(message)
    os._exit(0)


def _kata(told: Message, gate: Gate) -> Any:
    job, place = job_from_json(told["job"]), Path(told["place"])
    temporary = str(told["temporary"])
    os.environ.update(job.environment | {"TMPDIR": temporary, "HOME": temporary})  # as a run's
    gate.begins(job)
    set_up(job, place, told["secret"])
    from core.lab import site
    from core.lab.bench import BENCH

    site.register_tables()
    BENCH.gate = gate
    BENCH.open(job, told["size"], told["databases"])
    return site.application()


def set_up(job: Job, place: Path, secret: str, more: dict[str, Any] | None = None) -> None:
    """Django with this kata in this process, with `more` settings, and the tables of its models."""
    import django
    from django.conf import settings

    from core.judge import instrument
    from core.lab import tables
    from core.lab.overlay import settings as overlay

    sys.path.insert(0, job.path)
    instrument.attach(folder=job.folder, edit=job.edit, seed=job.seed, bounded=False)
    tables.clear(place)
    settings.configure(**overlay(job, place, secret), **(more or {}))
    django.setup()
    tables.build(job)


def _problem(told: Message, line: Line) -> Any:
    from core.lab import problem

    return problem.application(told, line)


def _said(error: BaseException, told: Message) -> dict[str, Any]:
    """A problem as JSON values; what went wrong is the kata's, or the machine's."""
    if not told.get("job"):
        raise error
    problem = problem_of(error, job_from_json(told["job"]))
    if not problem["lines"]:  # not of the learner's making: whoever mends it needs all of it
        traceback.print_exception(error)
    return problem


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
