"""What is in the shop: its tables in order, and how many rows they hold."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.db import models

from core.bookshop.models import (
    Author,
    Book,
    Copy,
    Customer,
    Genre,
    Loan,
    Order,
    OrderLine,
    Publisher,
    Review,
)

# Referenced tables first: insert in this order, delete in the reverse.
TABLES: Mapping[str, type[models.Model]] = {
    "authors": Author,
    "publishers": Publisher,
    "genres": Genre,
    "books": Book,
    "copies": Copy,
    "customers": Customer,
    "orders": Order,
    "lines": OrderLine,
    "reviews": Review,
    "loans": Loan,
}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows by table; the links between books and genres are not counted."""

    authors: int
    publishers: int
    genres: int
    books: int
    copies: int
    customers: int
    orders: int
    lines: int
    reviews: int
    loans: int

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))
