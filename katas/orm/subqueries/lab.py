"""What the demo and the lab show of this kata: the lists, by how many rows they have."""

from core.bookshop.generator import generate
from core.bookshop.models import Genre

from . import exercise

sizes = (10, 40, 160, 640)


def populate(size: int) -> None:
    """A shop with `size` books, half as many customers, ten order lines a book, and an empty genre."""
    generate(books=size)
    Genre.objects.create(name="Cookery")


calls = {
    "rows of latest_orders()": lambda: len(exercise.latest_orders()),
    "rows of unreviewed()": lambda: len(exercise.unreviewed()),
    "empty_genres()": lambda: exercise.empty_genres(),
    "copies of top_sellers(10)": lambda: sum(sold for _, sold, _ in exercise.top_sellers(10)),
}
