import contextlib
import http.client
import json
import os
import sys
from argparse import ArgumentTypeError
from typing import Any
from urllib.parse import urlsplit

from django.core.management import CommandParser, call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from core import catalogue, login, runs
from core.celery import RUNS, UPKEEP
from core.errors import KataError
from core.lab.owner import OWNER
from core.management.base import WorkspaceCommand
from core.serve.broker import Broker
from core.serve.log import Log
from core.serve.part import Part
from core.serve.place import Running, alone
from core.serve.supervisor import Failed, Supervisor
from core.state import folder

FAILED = 2  # exit status when a part keeps ending
MOST_AT_ONCE = 4  # runs at once, where nobody says
# As root, in a container, Celery fears pickle: it is not accepted here. See core/celery.py.
QUIET = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}


class Command(WorkspaceCommand):
    help = "Serve the workspace: the pages, runs from the browser, and what is due by itself."
    examples = """
examples:
  scripts/serve                 at http://127.0.0.1:8000/
  scripts/serve --port 8001     elsewhere on this machine
  scripts/serve                 in another terminal: where it runs, and a new link to log in

Ctrl-C stops all of it.

exit status:
  0 stopped, 2 a part keeps ending, 3 there is no Valkey or Redis, 4 the command was wrong
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=_port, default=8000, help="The port, 0 for a free one.")
        parser.add_argument(
            "--runs", type=_runs, default=_usual(), metavar="N", help="Runs judged at once."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        log = Log(self.console)
        try:
            with alone(folder() / "serve", options["port"]) as (listener, url):
                self.bring_up_to_date(log)
                parts = [*parts_of(listener.fileno(), options["runs"])]
                supervisor = Supervisor(parts, Broker(), log)
                with contextlib.closing(OWNER):
                    supervisor.run(lambda: self.announce(log, url))
        except Running as other:
            self.tell(log, other)
        except Failed as error:
            self.stderr.write(str(error))
            sys.exit(FAILED)

    def bring_up_to_date(self, log: Log) -> None:
        """The database's tables; afterwards this process holds no connection to it."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            log.say("Bringing the database up to date …")
            call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()

    def announce(self, log: Log, url: str) -> None:
        found = health(url)
        if not found.get("ok"):
            log("web", f"WARNING: /health/ says {json.dumps(found)}")
        log.say(
            f"\nThe workspace is at {url}/\n{self.link(url)}{self.lab(log)}\nCtrl-C stops it.\n"
        )

    def lab(self, log: Log) -> str:
        """The lab of the kata that was run last; without it, all the rest works."""
        try:
            slug = runs.focus()
            return f"\nThe lab of {slug}: {OWNER.link(catalogue.get(slug))}" if slug else ""
        except KataError as error:
            log("web", f"WARNING: {error}")
            return ""
        finally:
            connections.close_all()

    def tell(self, log: Log, other: Running) -> None:
        if not other.url:
            log.say("It is starting already.")
            return
        log.say(f"It runs already, at {other.url}/ (process {other.pid}).\n{self.link(other.url)}")

    def link(self, url: str) -> str:
        link = f"{url}{login.path()}"
        connections.close_all()
        return f"Log in, once and within ten minutes: {link}"


def parts_of(listener: int, runs: int) -> list[Part]:
    """Web, worker and beat; what they would print by themselves is left out."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "core.settings",
        "DJANGO_DEBUG": os.environ.get("DJANGO_DEBUG", "0"),
        "PYTHONUNBUFFERED": "1",
    }
    python = [sys.executable, "-m"]
    web = ["gunicorn", "--config", "python:core.serve.web", "--bind", f"fd://{listener}"]
    celery = ["celery", "--quiet", "--app", "core.celery"]
    worker = [*celery, "worker", "--queues", f"{RUNS},{UPKEEP}", "--concurrency", str(runs)]
    worker += ["--without-mingle", "--without-gossip"]  # there are no other workers to hear of
    return [
        Part("web", [*python, *web], dict(environment), (listener,)),
        Part("worker", [*python, *worker], environment | QUIET),
        Part("beat", [*python, *celery, "beat", "--pidfile="], dict(environment)),
    ]


def health(url: str) -> dict[str, Any]:
    """What /health/ says; nothing where it does not answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", "/health/")
        return dict(json.loads(connection.getresponse().read()))
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()


def _port(text: str) -> int:
    return _between(text, 0, 65535, "a port")


def _runs(text: str) -> int:
    return _between(text, 1, 64, "a number of runs")


def _between(text: str, least: int, most: int, what: str) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ArgumentTypeError(f"{text!r} is not {what}, {least} to {most}")
    return int(text)


def _usual() -> int:
    return min(os.cpu_count() or 1, MOST_AT_ONCE)
