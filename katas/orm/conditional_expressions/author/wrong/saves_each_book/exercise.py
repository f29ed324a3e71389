"""Four reports, each with one statement: the database takes the decisions, row by row."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Case, Count, F, Q, Sum, When

from core.bookshop.models import Book, Customer, Order

SOLD = [Order.Status.PAID, Order.Status.SHIPPED]
BANDS = ["free", "bargain", "regular", "luxury"]


def by_status(start: datetime, end: datetime) -> dict[str, int]:
    """How many orders there are of each status, placed at `start` or later and before `end`.

    Every status of `Order.Status` is in it, with 0 where there is no such order.
    """
    # One pass over the rows, and a counter for each status: those that nobody has stay at 0.
    orders = Order.objects.filter(placed_at__gte=start, placed_at__lt=end)
    return orders.aggregate(
        **{status: Count("pk", filter=Q(status=status)) for status in Order.Status.values}
    )


def customers() -> list[tuple[str, int, int, Decimal]]:
    """(name, orders sold, orders pending, money) of every customer, in the order of the name.

    An order is sold that is paid or shipped; the money is what the lines of the sold orders cost.
    Without such orders, the numbers are 0. Equal names come with the higher primary key first.
    """
    # The condition stands in the aggregate: in filter() it would take away the customers, too.
    sold, pending = Q(orders__status__in=SOLD), Q(orders__status=Order.Status.PENDING)
    price = F("orders__lines__quantity") * F("orders__lines__unit_price")
    rows = Customer.objects.annotate(
        # The join has a row a line: an order is counted once all the same.
        sold=Count("orders", filter=sold, distinct=True),
        pending=Count("orders", filter=pending, distinct=True),
        money=Sum(price, filter=sold, default=Decimal(0)),
    )
    return list(rows.order_by("name", "-pk").values_list("name", "sold", "pending", "money"))


def banded(limit: int) -> list[tuple[str, str]]:
    """(title, band) of the first `limit` books, the lowest band first, within a band by title.

    The bands: "free" costs nothing, "bargain" less than 10, "regular" less than 25, "luxury" the rest.
    """
    # The first condition that holds decides, as with elif. A number, not the name: names have an
    # order of their own. Without a default, the rest would be NULL, and stand anywhere.
    band = Case(
        When(price=0, then=0), When(price__lt=10, then=1), When(price__lt=25, then=2), default=3
    )
    books = Book.objects.annotate(band=band).order_by("band", "title")
    return [(title, BANDS[place]) for title, place in books.values_list("title", "band")[:limit]]


def reduce_prices() -> int:
    """Books from 30 on get 5 cheaper, other books from 15 on get 2 cheaper; the rest keep their price.

    Returns how many prices changed.
    """
    # One statement sees each price as it was. In two, a book of 30 would be reduced to 25, and again.
    books = list(Book.objects.filter(price__gte=15))
    for book in books:
        book.price -= 5 if book.price >= 30 else 2
    return Book.objects.bulk_update(books, ["price"])
