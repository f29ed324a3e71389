"""What a supplier sends, and a way to take a long list in portions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """A book as the supplier knows it, with so many copies for the library."""

    isbn: str
    title: str
    price: Decimal
    copies: int = 0


def portions(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of `size`, the last of them shorter."""
    rest = iter(items)
    while portion := list(islice(rest, size)):
        yield portion
