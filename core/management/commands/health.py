import json
import socket
import sys
from http.client import HTTPConnection, HTTPException
from typing import Any

from django.core.management import CommandParser

from core.management.base import WorkspaceCommand
from core.queue.health import WORKER, Health, alive, health

FAILED = 1  # exit status of what is not well


class Command(WorkspaceCommand):
    help = "How the workspace is: its database, broker, workers, schedules and queue."
    examples = """
examples:
  manage.py health                  in words
  manage.py health --json           as /health/ says it
  manage.py health --part worker    whether the worker of this machine or container is alive

exit status:
  0 well, 1 not, 4 the command was wrong
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--part", choices=["web", "worker", "beat"], help="One part, as its health check asks."
        )
        parser.add_argument("--port", type=int, default=8000, help="The port of the part web.")
        parser.add_argument("--json", action="store_true", help="As data, for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        if part := options["part"]:
            name = f"{WORKER}celery@{socket.gethostname()}" if part == "worker" else part
            well = answers(options["port"]) if part == "web" else name in (alive() or ())
            self.stdout.write(f"The part {part} is {'well' if well else 'not well'}.")
        else:
            found = health()
            well = found.ok
            self.stdout.write(json.dumps(found.to_json()) if options["json"] else in_words(found))
        if not well:
            sys.exit(FAILED)


def answers(port: int) -> bool:
    """Whether the web server of this machine gives an answer, whatever it says."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status > 0
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def in_words(found: Health) -> str:
    def line(well: bool, words: str) -> str:
        return f"{'✓' if well else '✗'} {words}"

    waits = f", the oldest for {found.oldest:.0f} s" if found.oldest is not None else ""
    return "\n".join(
        (
            line(found.database, "the database answers" if found.database else "no database"),
            line(found.broker, "the broker answers" if found.broker else "no broker"),
            line(found.workers > 0, f"workers alive: {found.workers}"),
            line(found.beat, "what is due is sent" if found.beat else "no beat: nothing is sent"),
            f"  runs: {found.running} running, {found.queued} waiting{waits}",
        )
    )
