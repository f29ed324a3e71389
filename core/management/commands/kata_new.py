import difflib
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from rich.text import Text

from core.catalogue import check_root, relative, roots
from core.check.scaffold import KINDS, Draft, Scaffold, checked, destination, scaffold
from core.errors import KataError
from core.management.base import WorkspaceCommand
from core.report.console import mark
from core.state import ROOT
from core.terminal import terminal
from core.verdict import Status

# What each of the two edits says.
EDITS = ("what is given, what is expected, and why", "the code that passes it")


class Command(WorkspaceCommand):
    help = "Begin a kata: every file of its folder, and an example that runs."
    examples = """
On a terminal it asks for what no flag says.

examples:
  kata_new orm/annotate                                   asks
  kata_new orm/annotate --kind bookshop --no-input        asks nothing
  kata_new orm/annotate --task "Count" --task "Sum up"    two tasks
  kata_new basics/loops --root ~/my_katas                 outside the repository
"""
    silent = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="TRACK/SLUG", help="Where it is to be.")
        parser.add_argument("--title", help="One line; the slug in words if left out.")
        parser.add_argument(
            "--level", type=int, help="1 first steps, 2 everyday, 3 advanced, 4 expert."
        )
        parser.add_argument(
            "--task", action="append", metavar="TITLE", help="The title of a task; once for each."
        )
        kinds = "; ".join(f"{name}: {words}" for name, words in KINDS.items())
        parser.add_argument("--kind", metavar="KIND", help=f"What the example is. {kinds}.")
        parser.add_argument("--root", metavar="FOLDER", help="A folder of tracks; else katas/.")
        parser.add_argument("--no-input", action="store_true", help="Ask nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        root = self.root(options["root"])
        folder = destination(options["name"], root)
        self.silent = options["no_input"]
        draft = Draft(folder.name.replace("_", " ").capitalize())
        draft = Draft(
            title=self.answer("Title", options["title"], draft.title, self.title),
            level=self.answer("Level, 1 to 4", options["level"], draft.level, self.level),
            kind=self.answer(f"Kind: {', '.join(KINDS)}", options["kind"], draft.kind, self.kind),
            tasks=self.tasks(options["task"]) or draft.tasks,
        )
        self.show(scaffold(folder, draft))

    def root(self, named: str | None) -> Path:
        if named is None:
            return ROOT / "katas"
        path = terminal().path(named).absolute()
        check_root(path, "--root", f"Make the folder first: `mkdir -p {shlex.quote(str(path))}`.")
        return path

    def answer(self, question: str, given: Any, default: Any, read: Callable[[Any], Any]) -> Any:
        """What the flag says, else what the person types; `read` raises KataError for what will not do."""
        if given is not None:
            return read(given)
        while typed := self.typed(f"{question} [{default}]: "):
            try:
                return read(typed)
            except KataError as error:
                self.stderr.write(str(error))
        return default

    def typed(self, question: str) -> str:
        ask = None if self.silent else self.asking()
        return (ask(question) or "").strip() if ask else ""

    def title(self, text: str) -> str:
        return str(checked("title", text.strip()))

    def level(self, value: int | str) -> int:
        number = int(value) if str(value).isdecimal() else value
        return int(checked("level", number))

    def kind(self, name: str) -> str:
        if name not in KINDS:
            near = difflib.get_close_matches(name, KINDS, n=1)
            raise KataError(
                f"kind: {name!r} is not known.",
                hint=f"Did you mean {near[0]}?" if near else f"Kinds: {', '.join(KINDS)}.",
            )
        return name

    def tasks(self, given: list[str] | None) -> tuple[str, ...]:
        """The titles; none where nobody says one."""
        if given:
            return tuple(checked("tasks", [title.strip() for title in given]))
        tasks: tuple[str, ...] = ()
        while typed := self.typed(f"Task {len(tasks) + 1}, in a few words (empty: no more): "):
            try:
                tasks = checked("tasks", [*tasks, typed])
            except KataError as error:
                self.stderr.write(str(error))
        return tasks

    def show(self, made: Scaffold) -> None:
        kata = made.kata
        words = f" {relative(kata.folder)}, {made.files} files. It fails as shipped."
        self.say(Text.assemble(mark(Status.PASSED), words))
        if kata.root not in roots():
            known = os.environ.get("KATA_PATH")
            path = f"{known}{os.pathsep}{kata.root}" if known else str(kata.root)
            self.say(f"It is found there once you run `export KATA_PATH={shlex.quote(path)}`.")
        self.say("Two edits make it yours:")
        for number, (edit, what) in enumerate(zip(made.edits, EDITS, strict=True), 1):
            lines = " and ".join(map(str, edit.lines))
            self.say(f"  {number}. {edit.path}:{lines}  {what}")
        self.say(
            f"Then run `python manage.py kata_check {kata.slug} --write`: it proves them, and says what"
        )
        self.say("else is to be written.")

    def say(self, words: Text | str) -> None:
        self.console.print(words, markup=False, soft_wrap=True)
