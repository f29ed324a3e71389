from typing import Any

from django.core.management import CommandParser

from core import login
from core.management.base import WorkspaceCommand


class Command(WorkspaceCommand):
    help = "Print a link that logs in, once and within ten minutes, from this machine."
    examples = """
examples:
  manage.py login                                where scripts/serve runs
  docker compose exec web python manage.py login in the stack
  manage.py login --at http://127.0.0.1:8001     on another port
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", default="http://127.0.0.1:8000", help="Where the pages are.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{options['at'].rstrip('/')}{login.path()}")
