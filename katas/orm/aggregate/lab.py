"""What the demo and the lab show of this kata."""

from datetime import UTC, datetime
from decimal import Decimal

from core.bookshop.generator import generate

from . import exercise

sizes = (10, 40, 160, 640)
YEAR = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
NEVER = datetime(1924, 1, 1, tzinfo=UTC), datetime(1925, 1, 1, tzinfo=UTC)


def populate(size: int) -> None:
    """A shop with `size` books, three times as many orders and ten times as many lines."""
    generate(books=size)


def shown(*numbers: object) -> str:
    return " ".join(f"{n:.2f}" if isinstance(n, Decimal) else str(n) for n in numbers)


def copies_of(genre: str) -> str:
    """The copies of a shelf, the lowest price, and the average of a copy."""
    shelf = exercise.shelf(genre)
    return shown(shelf.copies, shelf.cheapest, shelf.per_copy)


calls = {
    "takings(2024)": lambda: shown(*exercise.takings(*YEAR)),
    "takings(1924)": lambda: shown(*exercise.takings(*NEVER)),
    "shelf('Gothic')": lambda: copies_of("Gothic"),
    "shelf('Cookery')": lambda: copies_of("Cookery"),
    "average_order(2024)": lambda: shown(exercise.average_order(*YEAR)),
    "largest_orders(9, 2024)": lambda: shown(exercise.largest_orders(9, *YEAR)),
}
