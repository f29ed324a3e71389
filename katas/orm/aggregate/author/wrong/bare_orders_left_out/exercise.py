"""Numbers for the monthly report: the database adds up, and sends one row."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Avg, Count, F, Max, Min, QuerySet, Sum

from core.bookshop.models import Book, Order

# A sum of nothing is NULL in SQL, and None here: what it should be instead has to be said.
MONEY = Sum(F("lines__quantity") * F("lines__unit_price"), default=Decimal(0))


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
    # The join has a row a line, so an order is in it once a line: count each once.
    orders, copies = Count("pk", distinct=True), Sum("lines__quantity", default=0)
    numbers = sold(start, end).aggregate(orders=orders, copies=copies, money=MONEY)
    return Takings(numbers["orders"], numbers["copies"], round(numbers["money"], 2))


def shelf(genre: str) -> Shelf:
    """The titles of a genre, their copies in stock, the lowest and the highest price of a title, and
    the average price of a copy, to the cent.

    Where there is nothing to have a price, there is none: None, not 0.
    """
    copies, worth = Sum("stock", default=0), Sum(F("price") * F("stock"))
    books, prices = Book.objects.filter(genres__name=genre), (Min("price"), Max("price"))
    numbers = books.aggregate(*prices, titles=Count("pk"), copies=copies, worth=worth)
    titles, copies, worth = numbers["titles"], numbers["copies"], numbers["worth"]
    # Titles that are all sold out have prices, and no copy: divide by what may be 0 with care.
    per_copy = round(worth / copies, 2) if copies else None
    return Shelf(titles, copies, numbers["price__min"], numbers["price__max"], per_copy)


def average_order(start: datetime, end: datetime) -> Decimal | None:
    """What an order brought in on average, to the cent: 0 counts for one without lines. None: no order."""
    # annotate() makes a group an order, aggregate() one number of the groups.
    total = Sum(F("lines__quantity") * F("lines__unit_price"))
    average = sold(start, end).annotate(total=total).aggregate(average=Avg("total"))["average"]
    return None if average is None else round(average, 2)


def largest_orders(limit: int, start: datetime, end: datetime) -> Decimal:
    """What the `limit` orders that brought in most brought in together, to the cent; 0 without orders."""
    largest = sold(start, end).annotate(total=MONEY).order_by("-total")[:limit]
    return round(largest.aggregate(money=Sum("total", default=Decimal(0)))["money"], 2)
