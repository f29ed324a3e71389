"""What the demo and the lab show of this kata."""

from collections import Counter
from datetime import UTC, datetime

from core.bookshop.generator import generate

from . import exercise

sizes = (10, 40, 160, 640)
YEAR = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)


def populate(size: int) -> None:
    """A shop with `size` books, half as many customers and three times as many orders."""
    generate(books=size)


calls = {
    "by_status(2024)": lambda: " ".join(map(str, exercise.by_status(*YEAR).values())),
    "customers()": lambda: f"{sum(row[3] for row in exercise.customers()):.2f}",
    "banded(100)": lambda: dict(Counter(band for _, band in exercise.banded(100))),
    "reduce_prices()": lambda: exercise.reduce_prices(),
}
