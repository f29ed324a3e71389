"""What the shipping of an order costs, by the method that the customer picks."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.bookshop.models import Order

from .parcel import Parcel, Strategy, parcel_of


# Frozen: a strategy is a price list. It serves many customers at once, so it must not change.
@dataclass(frozen=True)
class PerBook:
    """`first` for the first book and `further` for each one more; None for more than `most` books."""

    first: Decimal
    further: Decimal
    most: int

    def __call__(self, parcel: Parcel) -> Decimal | None:
        books = parcel.books
        return None if books > self.most else self.first + self.further * (books - 1)


@dataclass(frozen=True)
class FreeFrom:
    """0 if the books are worth `limit` or more, else what `otherwise` asks.

    A parcel that `otherwise` does not carry is not carried, whatever it is worth.
    """

    limit: Decimal
    otherwise: Strategy  # any other, also one that is written after this

    def __call__(self, parcel: Parcel) -> Decimal | None:
        price = self.otherwise(parcel)
        if price is None or parcel.value < self.limit:
            return price
        return Decimal(0)


class Shipping:
    """What a shop offers: `methods` maps the name of a method to its strategy."""

    def __init__(self, methods: Mapping[str, Strategy]) -> None:
        self.methods = methods

    def price(self, order: Order, method: str) -> Decimal | None:
        """What this method asks for this order; None if it does not carry it.

        ValueError for a name that is not on offer: it says the name, and those that are.
        """
        # Asked before the call, not by catching KeyError: a strategy can raise that as well.
        if method not in self.methods:
            offered = ", ".join(self.methods)
            raise ValueError(f"There is no method {method!r}. On offer: {offered}.")
        strategy = self.methods[method]
        if not isinstance(strategy, (PerBook, FreeFrom)):
            raise ValueError(f"{strategy!r} is no strategy.")
        return strategy(parcel_of(order))

    def prices(self, order: Order) -> list[tuple[Decimal, str]]:
        """(price, name) of each method that carries the order: cheapest first, equal ones by name.

        Each strategy is asked once.
        """
        parcel = parcel_of(order)  # once for all of them; frozen, so that none can spoil it
        asked = [(strategy(parcel), name) for name, strategy in self.methods.items()]
        return sorted((price, name) for price, name in asked if price is not None)
