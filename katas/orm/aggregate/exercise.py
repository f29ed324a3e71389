"""Numbers for the monthly report: fetched row by row, or added up without a look at what is empty."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Avg, F, Min, QuerySet, Sum

from core.bookshop.models import Book, Order, OrderLine


class Takings(NamedTuple):
    orders: int
    copies: int
    money: Decimal


class Shelf(NamedTuple):
    titles: int
    copies: int
    cheapest: Decimal | None
    dearest: Decimal | None
    per_copy: Decimal | None


def sold(start: datetime, end: datetime) -> QuerySet[Order]:
    """The orders that count: paid or shipped, placed at `start` or later and before `end`."""
    wanted = [Order.Status.PAID, Order.Status.SHIPPED]
    return Order.objects.filter(status__in=wanted, placed_at__gte=start, placed_at__lt=end)


def takings(start: datetime, end: datetime) -> Takings:
    """How many orders were sold, how many copies in them, and for how much money, to the cent.

    An order without lines is counted too. Where nothing was sold, all three are 0.
    """
    lines = [line for order in sold(start, end) for line in order.lines.all()]
    money = sum((line.quantity * line.unit_price for line in lines), Decimal(0))
    return Takings(len(sold(start, end)), sum(line.quantity for line in lines), money)


def shelf(genre: str) -> Shelf:
    """The titles of a genre, their copies in stock, the lowest and the highest price of a title, and
    the average price of a copy, to the cent.

    Where there is nothing to have a price, there is none: None, not 0.
    """
    books = Book.objects.filter(genres__name=genre)
    copies = books.aggregate(copies=Sum("stock"))["copies"]
    cheapest = books.aggregate(price=Min("price", default=Decimal(0)))["price"]
    dearest = max((book.price for book in books), default=None)
    per_copy = books.aggregate(average=Avg("price"))["average"]
    return Shelf(books.count(), copies, cheapest, dearest, per_copy and round(per_copy, 2))


def average_order(start: datetime, end: datetime) -> Decimal | None:
    """What an order brought in on average, to the cent: 0 counts for one without lines. None: no order."""
    lines = OrderLine.objects.filter(order__in=sold(start, end))
    average = lines.aggregate(average=Avg(F("quantity") * F("unit_price")))["average"]
    return average and round(average, 2)


def largest_orders(limit: int, start: datetime, end: datetime) -> Decimal:
    """What the `limit` orders that brought in most brought in together, to the cent; 0 without orders."""
    orders = sold(start, end).annotate(total=Sum(F("lines__quantity") * F("lines__unit_price")))
    largest = orders.order_by("-total")[:limit]
    return round(sum((order.total or Decimal(0) for order in largest), Decimal(0)), 2)
