from collections import Counter
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management import CommandParser
from django.template.defaultfilters import filesizeformat

from core import runs
from core.errors import KataError
from core.management.base import WorkspaceCommand
from core.report.transfer import amounts
from core.terminal import terminal
from core.transfer.export import document


class Command(WorkspaceCommand):
    help = "Write all of your progress as one JSON file: runs, help, cards, your files."
    examples = """
examples:
  kata_export progress.json     into a file, which must not be there yet
  kata_export                   on standard output

`kata_import FILE` merges it into another workspace, or into this one.
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", metavar="FILE", help="Standard output if left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        if options["file"] is None:
            for piece in document(runs.local_learner(), counts):
                self.stdout.write(piece, ending="")
            return
        path = terminal().path(options["file"])
        try:
            self.write(path, counts)
        except OSError as error:
            raise KataError(
                f"{path} cannot be written: {error.strerror or error}.",
                hint="Name a file in a folder that is there and has room.",
            ) from error
        size = filesizeformat(path.stat().st_size).replace("\xa0", " ")
        words = f"Exported {amounts(counts) or 'nothing'}: {path}, {size}."
        self.console.print(words, markup=False, soft_wrap=True)

    def write(self, path: Path, counts: Counter[str]) -> None:
        """Whole, or not at all."""
        if path.exists():
            raise KataError(f"{path} is there already.", hint="Name another file, or delete it.")
        with NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}-", delete=False
        ) as file:
            partial = Path(file.name)
            try:
                for piece in document(runs.local_learner(), counts):
                    file.write(piece)
                file.close()
                partial.rename(path)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
