import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.bookshop import inventory
from core.bookshop.generator import generate, plan
from core.bookshop.inventory import Counts
from core.errors import KataError

EXAMPLES = """
examples:
  python manage.py bookshop                     what the shop holds, and what to do next
  python manage.py bookshop load                the shop that comes with the workspace
  python manage.py bookshop --books 1000        a thousand more books and all around them
  python manage.py bookshop --books 100000      the same with a million order lines
  python manage.py bookshop clear --no-input    an empty shop, without a question
"""


class HelpFormatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Django's, with the examples left as they are written."""


class Command(BaseCommand):
    help = "Show, fill or empty the bookshop that the Django katas are about."
    json: bool

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=HelpFormatter, epilog=EXAMPLES, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        # Texts, checked in `handle`: argparse would answer a wrong one with a usage line and exit
        # with 2, where a person needs a sentence.
        parser.add_argument(
            "action",
            nargs="?",
            metavar="load|clear",
            help="load the books that come with the workspace, or delete all rows",
        )
        parser.add_argument("--books", metavar="N", help="add a generated shop of N books")
        parser.add_argument(
            "--seed", metavar="N", default="1", help="the same seed makes the same shop (1)"
        )
        parser.add_argument(
            "--no-input",
            "--noinput",
            action="store_false",
            dest="interactive",
            help="clear without asking",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(
        self,
        *,
        action: str | None,
        books: str | None,
        seed: str,
        interactive: bool,
        json: bool,
        **options: Any,
    ) -> None:
        self.json = json
        try:
            self.check(action, books)
            inventory.require_tables()
            if books is not None:
                self.generate(whole_number("--books", books), seed=whole_number("--seed", seed))
            elif action == "load":
                self.load()
            elif action == "clear":
                self.clear(interactive=interactive)
            else:
                self.show()
        except KataError as error:
            raise CommandError(str(error), returncode=4) from error
