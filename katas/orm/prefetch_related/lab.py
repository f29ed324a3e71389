"""What the demo and the lab show of this kata: the number of books in each list."""

from decimal import Decimal

from core.bookshop.generator import generate
from core.bookshop.models import Book

from . import exercise

sizes = (10, 40, 160, 640)


def populate(size: int) -> None:
    """A shop with `size` books, a fifth as many authors, and two genres a book or so."""
    generate(books=size)


def books_in(rows: list[tuple[str, list[object]]]) -> int:
    return sum(len(books) for _, books in rows)


calls = {
    "catalogue()": lambda: books_in(exercise.catalogue()),
    "on_offer(8)": lambda: books_in(exercise.on_offer(Decimal(8))),
    "latest(2)": lambda: books_in(exercise.latest(2)),
    "labels(100 books)": lambda: len(exercise.labels(list(Book.objects.order_by("pk")[:100]))),
}
