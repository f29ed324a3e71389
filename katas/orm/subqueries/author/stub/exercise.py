"""Four lists of the bookshop: two ask too much, two are quick and wrong."""

from datetime import datetime

from django.db.models import Avg, Sum

from core.bookshop.models import Book, Customer, Genre, Order, OrderLine, Review


def latest_orders() -> list[tuple[str, str | None, datetime | None]]:
    """(name, status, placed_at) of every customer with the latest of their orders, by name.

    Of two orders of one moment, the one with the higher primary key is the later. Who has never
    ordered stays, with None twice. Equal names come with the higher primary key first.
    """
    rows = []
    for customer in Customer.objects.order_by("name", "-pk"):
        latest = customer.orders.order_by("-placed_at", "-pk").first()
        if latest:
            rows.append((customer.name, latest.status, latest.placed_at))
        else:
            rows.append((customer.name, None, None))
    return rows


def unreviewed() -> list[tuple[str, str]]:
    """(customer, title) of the order lines that wait for a review, the highest primary key first.

    A line waits if its order is shipped and its customer has not reviewed its book. What others say
    of the book, and what the customer says of other books, does not count.
    """
    lines = OrderLine.objects.filter(order__status=Order.Status.SHIPPED, book__reviews=None)
    return list(lines.order_by("-pk").values_list("order__customer__name", "book__title"))


def empty_genres() -> list[str]:
    """The genres that have no book of their own and no genre below, by name."""
    parents = Genre.objects.values("parent")
    empty = Genre.objects.filter(books=None).exclude(pk__in=parents)
    return list(empty.order_by("name").values_list("name", flat=True))


def top_sellers(limit: int) -> list[tuple[str, int, float | None]]:
    """(title, copies sold, average) of the `limit` books that sold the most copies.

    Sold is the sum of the quantities of all order lines, 0 where there is none. The average is that
    of the stars of all reviews, None where there is none. Equal numbers are in the order of the
    title, equal titles with the higher primary key first.
    """
    copies = dict(OrderLine.objects.values_list("book").annotate(Sum("quantity")))
    averages = dict(Review.objects.values_list("book").annotate(Avg("stars")))
    rows = [
        (book.title, copies.get(book.pk, 0), averages.get(book.pk))
        for book in Book.objects.order_by("title", "-pk")
    ]
    return sorted(rows, key=lambda row: row[1], reverse=True)[:limit]
