import json
from typing import Any

from django.core.management import CommandParser

from core import catalogue
from core.errors import KataError
from core.management.base import WorkspaceCommand
from core.report.demo import show
from core.runner.demo import as_json, demonstrate


class Command(WorkspaceCommand):
    help = "Show what a kata's calls cost: in your code, as shipped, and solved."
    examples = """
`manage.py NAME` is short for `manage.py kata_demo NAME`.

examples:
  manage.py select_related               on the size that the kata chose
  manage.py select_related --size 200    on less data
  manage.py select_related --json        for machines
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="A kata.")
        parser.add_argument("--size", type=int, help="How much data; the kata chooses if left out.")
        parser.add_argument("--json", action="store_true", help="Print JSON instead of a table.")

    def handle(self, *args: Any, **options: Any) -> None:
        kata = catalogue.get(options["name"])
        size = options["size"]
        if size is not None and not 1 <= size <= 1_000_000:
            raise KataError(
                f"--size {size} is not a size.", hint="Write a number from 1 to 1000000."
            )
        columns = demonstrate(kata, size=size, launch=self.launch, hangup=self.hangup)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(columns), indent=2))
        else:
            show(self.console, kata, columns)
