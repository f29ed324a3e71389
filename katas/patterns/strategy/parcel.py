"""What a strategy is asked about. Given: there is nothing to mend here."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from core.bookshop.models import Order


@dataclass(frozen=True)
class Parcel:
    """All that a strategy may know of an order."""

    books: int
    value: Decimal  # of all its books


# Anything that can be called with a parcel: its price, or None if it does not carry such a parcel.
Strategy = Callable[[Parcel], Decimal | None]


def parcel_of(order: Order) -> Parcel:
    """One query. ValueError for an order without lines: there is nothing to send."""
    lines = order.lines.all()
    if not lines:
        raise ValueError(f"Order {order.pk} has no lines.")
    return Parcel(
        books=sum(line.quantity for line in lines),
        value=sum((line.quantity * line.unit_price for line in lines), Decimal(0)),
    )
