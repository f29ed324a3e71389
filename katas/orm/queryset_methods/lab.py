"""What the demo and the lab show of this kata, counted in values that are fetched."""

from django.db import connection

from core.bookshop.generator import generate
from core.bookshop.models import Book
from core.judge.queries import recorded

from . import exercise
from .fetching import Fetched

sizes = (10, 40, 160, 640)
unit = "values"
fetched = Fetched()
isbns: list[str] = []


def populate(size: int) -> None:
    """A shop with `size` books; what SQLite hands over is counted from now on."""
    generate(books=size)
    isbns[:] = Book.objects.order_by("-pk").values_list("isbn", flat=True)[:100]
    connection.connection.row_factory = fetched.keep


def count() -> int:
    return fetched.values


def receipt() -> str:
    """A receipt of all that `populate` has had scanned: how many queries it takes."""
    with recorded() as ledger:
        exercise.receipt(isbns)
    return "1 query" if len(ledger) == 1 else f"{len(ledger)} queries"


calls = {
    "has_stock(1)": lambda: exercise.has_stock(1),
    "titles_in_stock(1)": lambda: exercise.titles_in_stock(1),
    "cities()": lambda: len(exercise.cities()),
    "receipt(isbns)": receipt,
    "export(write, 100)": lambda: exercise.export(len, 100),
}
