from pathlib import Path
from typing import Any

from django.core.management import CommandParser

from core import catalogue, runs
from core.errors import KataError
from core.management.base import WorkspaceCommand
from core.report.transfer import amounts
from core.terminal import terminal
from core.transfer import files
from core.transfer.load import load
from core.transfer.merge import Merge


class Command(WorkspaceCommand):
    help = "Merge progress that `kata_export` wrote into what is here. Nothing is doubled or lost."
    examples = """
examples:
  kata_import progress.json             runs, help, cards and what else was remembered
  kata_import progress.json --files     and your files; those in place move to .kata/history
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="What kata_export wrote.")
        parser.add_argument("--files", action="store_true", help="Put the files in place as well.")

    def handle(self, *args: Any, **options: Any) -> None:
        path = terminal().path(options["file"])
        merged = self.load(path)
        new = amounts(merged.new)
        self.say(f"Imported {new}." if new else "All of it was here already.")
        left = files.differing(merged.files_of)
        if options["files"]:
            for kata, content in left:
                kept = files.put(kata, content)
                where = f"; yours is in {catalogue.relative(kept)}" if kept else ""
                self.say(f"{kata.slug}: its files are in place{where}")
        elif left:
            names = ", ".join(kata.slug for kata, _ in left)
            self.say(f"Your files are as they were, and differ from those in it: {names}.")
            self.say(f"Put those in place: python manage.py kata_import {options['file']} --files")

    def load(self, path: Path) -> Merge:
        try:
            with path.open(encoding="utf-8") as file:
                return load(file, str(path), runs.local_learner())
        except OSError as error:
            raise KataError(
                f"{path} cannot be read: {error.strerror or error}.",
                hint="`python manage.py kata_export FILE` writes a file to import.",
            ) from error

    def say(self, line: str) -> None:
        self.console.print(line, markup=False, soft_wrap=True)
