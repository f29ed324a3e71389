"""What the demo and the lab show of this kata."""

from datetime import UTC, datetime

from core.bookshop.generator import generate
from core.bookshop.models import Book, Publisher

from . import exercise

sizes = (10, 40, 160, 640)


def populate(size: int) -> None:
    """A shop with `size` books, all in stock: "Emma" in two editions, and a publisher called Arden."""
    generate(books=size)
    Book.objects.update(stock=3)
    for book in Book.objects.order_by("pk")[:2]:
        Book.objects.filter(pk=book.pk).update(title="Emma", year=1815)
    Publisher.objects.filter(pk=Publisher.objects.order_by("pk")[0].pk).update(name="Arden")


def year_of(title: str) -> object:
    """The year, or what is raised in its place, as by the code as shipped."""
    try:
        book = exercise.lookup(title)
    except Book.MultipleObjectsReturned as error:
        return type(error).__name__
    return book and book.year


calls = {
    "cheapest('France', 3)": lambda: exercise.cheapest("France", 3),
    "lookup('Emma').year": lambda: year_of("Emma"),
    "praised(5, 2024-06-01)": lambda: len(exercise.praised(5, datetime(2024, 6, 1, tzinfo=UTC))),
    "in_both('Crime', 'Gothic')": lambda: len(exercise.in_both("Crime", "Gothic")),
    "without('Gothic')": lambda: len(exercise.without("Gothic")),
    "recall('Arden', 2000)": lambda: exercise.recall("Arden", 2000),
}
