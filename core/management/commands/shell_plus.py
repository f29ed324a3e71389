"""In front of django-extensions' command of this name: the focused kata's shell."""

import sys
from typing import Any

from django.core.management import CommandParser, call_command, load_command_class

from core import catalogue, runs
from core.lab.shell import shell
from core.management.base import WorkspaceCommand


class Command(WorkspaceCommand):
    help = (
        "A shell on the kata that was run last: its models, your code, the bookshop, SQL printed."
    )
    examples = """
examples:
  manage.py shell_plus                     of the kata that was run last
  manage.py shell_plus select_related      of this one
  manage.py shell_plus --workspace         the workspace's own models and rows, without a kata
  manage.py shell_plus -c 'CODE'           run some code in it
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="A kata.")
        parser.add_argument("-c", "--command", metavar="CODE", help="Run this instead of asking.")
        parser.add_argument(
            "--workspace", action="store_true", help="The workspace's own rows, without a kata."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["command"]
        slug = options["name"] or ("" if options["workspace"] else runs.focus())
        if slug:
            sys.exit(shell(catalogue.get(slug), code))
        asked = ["--ipython"] if code is None else ["--command", code]
        call_command(load_command_class("django_extensions", "shell_plus"), *asked)
