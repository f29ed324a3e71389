import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from django.core.management import CommandParser
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from core.bookshop import inventory
from core.bookshop.generator import generate, plan
from core.bookshop.inventory import Counts
from core.errors import KataError
from core.management.base import WorkspaceCommand
from core.report.console import console

ACTIONS = ("load", "clear")
PROGRESS_LINES = 10  # where there is no terminal to draw a bar on
WORTH_TELLING = 100_000  # rows; fewer are there in a moment


class Command(WorkspaceCommand):
    help = "Show, fill or empty the bookshop that the Django katas are about."
    examples = """
examples:
  bookshop                         what the shop holds, and what to do next
  bookshop load                    the books that come with the workspace
  bookshop --books 1000            add a thousand made-up books and all around them
  bookshop --books 100000          the same with a million order lines (about half a minute)
  bookshop --books 1000 --seed 7   another shop of that size; a seed always makes the same one
  bookshop clear --no-input        an empty shop, without a question
  bookshop --json                  the counts for machines

exit status:
  0 done, 4 the command was wrong, 130 stopped by Ctrl-C with nothing changed
"""

    def add_arguments(self, parser: CommandParser) -> None:
        # Texts that `handle` checks: argparse's own sentences do not say what to run instead.
        parser.add_argument("action", nargs="?", metavar="load|clear", help="Fill or empty it.")
        parser.add_argument("--books", metavar="N", help="Add a made-up shop of N books.")
        parser.add_argument("--seed", metavar="N", help="Which made-up shop; 1 if not given.")
        parser.add_argument(
            "--no-input",
            "--noinput",
            action="store_false",
            dest="interactive",
            help="Clear without asking.",
        )
        parser.add_argument("--json", action="store_true", help="Print JSON instead of words.")

    def handle(self, *args: Any, **options: Any) -> None:
        action, books, seed = options["action"], options["books"], options["seed"]
        require_sense(action, books, seed)
        inventory.require_tables()
        self.as_json: bool = options["json"]
        if books is not None:
            self.generate(
                whole_number("--books", books),
                seed=whole_number("--seed", "1" if seed is None else seed),
            )
        elif action == "load":
            self.load()
        elif action == "clear":
            self.clear(ask=options["interactive"])
        else:
            self.show()

    def show(self) -> None:
        rows = inventory.count_rows()
        self.answer(table(rows), "", next_step(rows), shop=asdict(rows))

    def load(self) -> None:
        loaded = inventory.load_fixture()
        rows = inventory.count_rows()
        if loaded:
            sentence = f"Loaded {rows.books:,} books and all around them: {rows.total:,} rows."
        else:
            sentence = f"Nothing to load: the shop has {rows.books:,} books already."
        self.answer(sentence, loaded=loaded, shop=asdict(rows))

    def generate(self, books: int, *, seed: int) -> None:
        started = time.monotonic()
        with self.progress(plan(books).total) as heard:
            made = generate(books=books, seed=seed, progress=heard)
        seconds = time.monotonic() - started
        self.answer(
            table(made),
            f"Added {made.total:,} rows in {seconds:.1f} s.",
            made=asdict(made),
            seed=seed,
            seconds=round(seconds, 3),
            shop=asdict(inventory.count_rows()),
        )

    def clear(self, *, ask: bool) -> None:
        rows = inventory.count_rows()
        if ask and rows.total and not self.confirmed(rows):
            self.answer("Nothing was deleted.", deleted=0, shop=asdict(rows))
            return
        deleted = inventory.clear()
        self.answer(
            f"Deleted {deleted.total:,} rows.",
            deleted=deleted.total,
            shop=asdict(inventory.count_rows()),
        )

    def confirmed(self, rows: Counts) -> bool:
        if self.as_json or not sys.stdin.isatty():
            raise KataError(
                f"Clearing deletes {rows.total:,} rows, and there is nobody here to ask.",
                hint="Run `python manage.py bookshop clear --no-input`.",
            )
        try:
            reply = input(f"Delete all {rows.total:,} rows of the bookshop? [y/N] ")
        except EOFError:
            return False
        return reply.strip().lower() in ("y", "yes")

    def answer(self, *lines: str, **data: Any) -> None:
        """Print the lines for people or the data for machines."""
        self.stdout.write(json.dumps(data, indent=2) if self.as_json else "\n".join(lines))

    @contextlib.contextmanager
    def progress(self, total: int) -> Iterator[Callable[[int], None]]:
        """A bar on a terminal, now and then a line in a pipe, nothing beside JSON."""
        screen = console(sys.stderr)
        if not screen.is_terminal:
            yield self.lines_of_progress(total)
            return
        columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=screen, transient=True) as bar:
            task = bar.add_task("rows", total=total)
            yield lambda rows: bar.advance(task, rows)

    def lines_of_progress(self, total: int) -> Callable[[int], None]:
        done = 0

        def heard(rows: int) -> None:
            nonlocal done
            before, done = done, done + rows
            if done * PROGRESS_LINES // total > before * PROGRESS_LINES // total:
                self.stdout.write(f"{done:,} of {total:,} rows")
                self.stdout.flush()

        return (lambda rows: None) if self.as_json or total < WORTH_TELLING else heard


def require_sense(action: str | None, books: object, seed: object) -> None:
    if action is not None and action not in ACTIONS:
        raise KataError(
            f"The bookshop cannot “{action}”: it knows load and clear.",
            hint="Run `python manage.py bookshop --help`.",
        )
    if action and books is not None:
        raise KataError(
            f"{action} and --books are two things: do one after the other.",
            hint=f"Run `python manage.py bookshop {action}`, "
            f"then `python manage.py bookshop --books {books}`.",
        )
    if seed is not None and books is None:
        raise KataError(
            "--seed says which shop to make, so it needs --books.",
            hint=f"Run `python manage.py bookshop --books 1000 --seed {seed}`.",
        )


def whole_number(flag: str, text: object) -> int:
    try:
        return int(str(text))
    except ValueError as error:
        raise KataError(
            f"{flag} needs a whole number, not “{text}”.",
            hint="Run `python manage.py bookshop --books 1000 --seed 7`.",
        ) from error


def table(rows: Counts) -> str:
    lines = [f"{name:<12}{count:>12,}" for name, count in asdict(rows).items()]
    return "\n".join([*lines, "-" * 24, f"{'rows':<12}{rows.total:>12,}"])


def next_step(rows: Counts) -> str:
    if not rows.books:
        return "The shop is empty. Fill it: `python manage.py bookshop load`."
    return (
        "Add a big shop: `python manage.py bookshop --books 100000`.\n"
        "Look at it: `python manage.py shell_plus`.\n"
        "Empty it: `python manage.py bookshop clear`."
    )
