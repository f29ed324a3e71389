import dataclasses
import json
import sys
from typing import Any

from django.core.management import CommandParser

from core.catalogue import catalogue
from core.doctor.examination import Watching, examine
from core.management.base import WorkspaceCommand
from core.report import doctor
from core.state import ROOT
from core.watch.files import proven


class Command(WorkspaceCommand):
    help = "Is everything here that the katas need: servers, packages, an editor, disk, events?"
    examples = """
examples:
  kata_doctor                         what is here, and what to type for what is not
  kata_doctor --start                 start each server for real, and say how long it took
  kata_doctor --json                  for machines

exit status:
  0 everything is here that some kata needs, 1 something is missing, 4 the command was wrong
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print JSON instead of words.")
        parser.add_argument(
            "--start", action="store_true", help="Start each server: how long does it take?"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = catalogue()
        watched = next((kata.folder for kata in found.katas), ROOT / "katas")
        watching = Watching(*proven(watched))
        examination = examine(found, watching=watching, start=options["start"])
        if options["json"]:
            answer = dataclasses.asdict(examination)
            answer["missing"] = [need.name for need in examination.missing]
            self.stdout.write(json.dumps(answer, indent=2))
        else:
            doctor.show(self.console, examination)
        if examination.missing:
            sys.exit(1)
