"""What the demo and the lab show of this kata."""

from core.bookshop.generator import generate

from . import exercise


def populate(size: int) -> None:
    """A shop with `size` books, three times as many orders and ten times as many lines."""
    generate(books=size)


calls = {
    "packing_list(200)": lambda: exercise.packing_list(200),
    "open_loans()": lambda: exercise.open_loans(),
    "genre_paths()": lambda: exercise.genre_paths(),
}
