"""What the demo and the lab show of this kata: the steps of SQLite for a century."""

from collections.abc import Callable

from django.db import connection
from django.db.models import QuerySet

from core.bookshop.generator import generate
from core.bookshop.models import Book
from core.judge.effort import effort

from . import exercise  # noqa: F401 - its lookups register themselves

sizes = (10, 40, 160, 640)
unit = "steps"
steps = 0


def populate(size: int) -> None:
    """A shop with `size` books, and an index on their years."""
    generate(books=size)
    connection.cursor().execute("CREATE INDEX IF NOT EXISTS book_year ON bookshop_book (year)")


def count() -> int:
    return steps


def found(ask: Callable[[], QuerySet]) -> int:
    """How many rows a question finds; the steps for it are added to the count."""
    global steps
    with effort() as spent:
        rows = len(ask())
    steps += spent.steps
    return rows


calls = {
    "year__century=3": lambda: found(lambda: Book.objects.filter(year__century=3)),
    "year__century=16": lambda: found(lambda: Book.objects.filter(year__century=16)),
}
