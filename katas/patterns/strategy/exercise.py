"""What the shipping of an order costs: right for the first customer, and for last year's methods."""

from collections.abc import Mapping
from decimal import Decimal

from core.bookshop.models import Order

from .parcel import Parcel, Strategy, parcel_of


class PerBook:
    """`first` for the first book and `further` for each one more; None for more than `most` books."""

    def __init__(self, first: Decimal, further: Decimal, most: int) -> None:
        self.price = first
        self.further = further
        self.most = most

    def __call__(self, parcel: Parcel) -> Decimal | None:
        if parcel.books > self.most:
            return None
        for _ in range(1, parcel.books):
            self.price += self.further
        return self.price


class FreeFrom:
    """0 if the books are worth `limit` or more, else what `otherwise` asks.

    A parcel that `otherwise` does not carry is not carried, whatever it is worth.
    """

    def __init__(self, limit: Decimal, otherwise: Strategy) -> None:
        self.limit = limit
        self.otherwise = otherwise

    def __call__(self, parcel: Parcel) -> Decimal | None:
        return Decimal(0) if parcel.value >= self.limit else self.otherwise(parcel)


class Shipping:
    """What a shop offers: `methods` maps the name of a method to its strategy."""

    def __init__(self, methods: Mapping[str, Strategy]) -> None:
        self.methods = methods

    def price(self, order: Order, method: str) -> Decimal | None:
        """What this method asks for this order; None if it does not carry it.

        ValueError for a name that is not on offer: it says the name, and those that are.
        """
        parcel = parcel_of(order)
        if method == "post":
            return PerBook(Decimal("3.20"), Decimal("0.90"), 5)(parcel)
        if method == "courier":
            return PerBook(Decimal("5.90"), Decimal("0.40"), 12)(parcel)
        return Decimal("4.90")

    def prices(self, order: Order) -> list[tuple[Decimal, str]]:
        """(price, name) of each method that carries the order: cheapest first, equal ones by name.

        Each strategy is asked once.
        """
        return sorted((self.price(order, name), name) for name in self.methods)
