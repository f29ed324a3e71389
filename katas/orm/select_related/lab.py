"""What the demo and the lab show of this kata."""

from core.bookshop.generator import generate
from core.bookshop.models import Genre

from . import exercise

sizes = (2, 8, 32, 128)


def populate(size: int) -> None:
    """A shop with `size` books, ten times as many order lines, and a genre a book below "Local"."""
    generate(books=size)
    local = Genre.objects.create(name="Local")
    Genre.objects.bulk_create(Genre(name=f"Shelf {n}", parent=local) for n in range(size))


calls = {
    "packing_list(1000)": lambda: exercise.packing_list(1000),
    "open_loans()": lambda: exercise.open_loans(),
    "genre_paths()": lambda: exercise.genre_paths(),
}
