"""Four reports. Each was one condition once, and got a query, or a look at every row, for each more."""

from datetime import datetime
from decimal import Decimal

from django.db.models import F, Sum

from core.bookshop.models import Book, Customer, Order, OrderLine

SOLD = [Order.Status.PAID, Order.Status.SHIPPED]
BANDS = ["free", "bargain", "regular", "luxury"]


def by_status(start: datetime, end: datetime) -> dict[str, int]:
    """How many orders there are of each status, placed at `start` or later and before `end`.

    Every status of `Order.Status` is in it, with 0 where there is no such order.
    """
    orders = Order.objects.filter(placed_at__gte=start, placed_at__lt=end)
    return {status: orders.filter(status=status).count() for status in Order.Status.values}


def customers() -> list[tuple[str, int, int, Decimal]]:
    """(name, orders sold, orders pending, money) of every customer, in the order of the name.

    An order is sold that is paid or shipped; the money is what the lines of the sold orders cost.
    Without such orders, the numbers are 0. Equal names come with the higher primary key first.
    """
    rows = []
    for customer in Customer.objects.order_by("name", "-pk"):
        sold = customer.orders.filter(status__in=SOLD)
        lines = OrderLine.objects.filter(order__in=sold)
        money = lines.aggregate(money=Sum(F("quantity") * F("unit_price"), default=0))["money"]
        pending = customer.orders.filter(status=Order.Status.PENDING)
        rows.append((customer.name, sold.count(), pending.count(), money))
    return rows


def banded(limit: int) -> list[tuple[str, str]]:
    """(title, band) of the first `limit` books, the lowest band first, within a band by title.

    The bands: "free" costs nothing, "bargain" less than 10, "regular" less than 25, "luxury" the rest.
    """
    places = []
    for book in Book.objects.all():
        bounds = [book.price > 0, book.price >= 10, book.price >= 25]
        places.append((sum(bounds), book.title))
    return [(title, BANDS[place]) for place, title in sorted(places)[:limit]]


def reduce_prices() -> int:
    """Books from 30 on get 5 cheaper, other books from 15 on get 2 cheaper; the rest keep their price.

    Returns how many prices changed.
    """
    dear = Book.objects.filter(price__gte=30).update(price=F("price") - 5)
    return dear + Book.objects.filter(price__gte=15).update(price=F("price") - 2)
