"""Four lists of the bookshop, each with one query that asks another one inside, row by row."""

from datetime import datetime

from django.db.models import Avg, Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from core.bookshop.models import Book, Customer, Genre, Order, OrderLine, Review


def latest_orders() -> list[tuple[str, str | None, datetime | None]]:
    """(name, status, placed_at) of every customer with the latest of their orders, by name.

    Of two orders of one moment, the one with the higher primary key is the later. Who has never
    ordered stays, with None twice. Equal names come with the higher primary key first.
    """
    latest = Order.objects.filter(customer=OuterRef("pk")).order_by("-placed_at", "-pk")
    customers = Customer.objects.annotate(
        # A subquery gives one column of one row. Both have the same order to the end, so they find
        # the same row; Max() of each column would find values of two different orders. The slice is
        # what keeps the order: without it, Django drops the ORDER BY, and PostgreSQL refuses.
        status=Subquery(latest.values("status")[:1]),
        placed_at=Subquery(latest.values("placed_at")[:1]),
    )
    return list(customers.order_by("name", "-pk").values_list("name", "status", "placed_at"))


def unreviewed() -> list[tuple[str, str]]:
    """(customer, title) of the order lines that wait for a review, the highest primary key first.

    A line waits if its order is shipped and its customer has not reviewed its book. What others say
    of the book, and what the customer says of other books, does not count.
    """
    # Both sides of the pair: this book, by this customer. The name follows a relation of the line.
    reviews = Review.objects.filter(book=OuterRef("book"))
    # The database stops at the first review; a Count would join and read all of them.
    lines = OrderLine.objects.filter(~Exists(reviews), order__status=Order.Status.SHIPPED)
    return list(lines.order_by("-pk").values_list("order__customer__name", "book__title"))


def empty_genres() -> list[str]:
    """The genres that have no book of their own and no genre below, by name."""
    # Not exclude(pk__in=Genre.objects.values("parent")): a genre at the top puts a NULL into that
    # list, and what is compared with NULL is never known not to be in it. NOT EXISTS has two answers.
    below = Genre.objects.filter(parent=OuterRef("pk"))
    books = Book.objects.filter(genres=OuterRef("pk"))
    empty = Genre.objects.filter(~Exists(below), ~Exists(books))
    return list(empty.order_by("name").values_list("name", flat=True))


def top_sellers(limit: int) -> list[tuple[str, int, float | None]]:
    """(title, copies sold, average) of the `limit` books that sold the most copies.

    Sold is the sum of the quantities of all order lines, 0 where there is none. The average is that
    of the stars of all reviews, None where there is none. Equal numbers are in the order of the
    title, equal titles with the higher primary key first.
    """
    # A group of one: values("book") makes all lines of the book one row. aggregate() would ask at
    # once, before there is an outer row.
    lines = OrderLine.objects.filter(book=OuterRef("pk")).values("book")
    reviews = Review.objects.filter(book=OuterRef("pk")).values("book")
    books = Book.objects.annotate(
        # Each branch has a query of its own, so neither multiplies the other. No lines, no group,
        # no row: then a subquery is NULL, whatever the aggregate would have given.
        sold=Coalesce(Subquery(lines.annotate(copies=Sum("quantity")).values("copies")), 0),
        average=Subquery(reviews.annotate(mean=Avg("stars")).values("mean")),
    )
    rows = books.order_by("-sold", "title", "-pk")
    return list(rows.values_list("title", "sold", "average")[:limit])
