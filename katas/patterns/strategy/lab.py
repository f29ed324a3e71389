"""What the demo and the lab show of this kata."""

from decimal import Decimal

from core.bookshop.generator import generate
from core.bookshop.models import Order

from . import exercise
from .parcel import Parcel, Strategy

PARCEL = Parcel(books=3, value=Decimal(40))
now = {}


def populate(size: int) -> None:
    """An order, and a shop with `size` carriers: each asks a cent more than the one before."""
    generate(books=8)
    now["order"] = Order.objects.filter(lines__isnull=False).order_by("pk").first()
    now["shop"] = exercise.Shipping({f"carrier {n}": carrier(n) for n in range(size)})


def carrier(number: int) -> Strategy:
    return lambda parcel: (100 * parcel.books + number) / Decimal(100)


def one_parcel_twice() -> str:
    post = exercise.PerBook(Decimal(3), Decimal(1), 5)
    return f"{post(PARCEL)}, then {post(PARCEL)}"


def all_prices() -> str:
    prices = now["shop"].prices(now["order"])
    return f"{prices[0][0]} to {prices[-1][0]}"


calls = {"one parcel, twice": one_parcel_twice, "all prices": all_prices}
