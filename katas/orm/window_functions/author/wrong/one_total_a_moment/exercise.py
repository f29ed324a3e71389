"""Three reports in which a row depends on its neighbours, each worked out by the database."""

from datetime import date, datetime

from django.db.models import DateField, QuerySet, Sum, Window
from django.db.models.functions import Lag, Rank, TruncMonth

from core.bookshop.models import OrderLine

# A plain date: the field is a moment, and would be cut to a moment.
MONTH = TruncMonth("order__placed_at", output_field=DateField())


def copies_by_month(what: str) -> QuerySet[OrderLine, dict[str, object]]:
    """A row for each `what` and month in which something of it was sold, with the `copies`."""
    return OrderLine.objects.values(what, month=MONTH).annotate(copies=Sum("quantity"))


def best_sellers(top: int) -> list[tuple[date, int, str, int]]:
    """(month, rank, title, copies) of the books of rank 1 to `top` in each month, the first month first.

    A month is given by its first day. Its ranks go by the copies sold in it, the most first. Equal
    numbers share a rank, and the next rank counts all before it: 1, 1, 3. Equal ranks are in the
    order of the title. Two books of one title are two rows.
    """
    # Groups are made first, then windows look at them: the rank goes by a sum. A condition on a
    # window cannot be a WHERE, so Django puts the whole query into another one, and filters there.
    ranked = copies_by_month("book").annotate(
        rank=Window(Rank(), partition_by="month", order_by="-copies")
    )
    rows = ranked.filter(rank__lte=top).order_by("month", "rank", "book__title")
    return list(rows.values_list("month", "rank", "book__title", "copies"))


def history(book: int, limit: int) -> list[tuple[datetime, int, int]]:
    """(placed_at, quantity, total) of the last `limit` order lines of a book, the latest first.

    `book` is its primary key; `total` is what has been sold of it up to and with that line. Of two
    lines of one moment, the one with the higher primary key is the later.
    """
    # With an order, a sum runs from the first row to the current one *and all that are equal to it*.
    # The key leaves no two equal. The window has its own order, whichever way the list is shown.
    total = Window(Sum("quantity"), order_by="order__placed_at")
    lines = OrderLine.objects.filter(book=book).annotate(total=total)
    # LIMIT comes after windows: the earlier lines are in the total, and are not fetched. A filter
    # on the moment would be a WHERE, and take them out of the sum as well.
    rows = lines.order_by("-order__placed_at", "-pk")
    return list(rows.values_list("order__placed_at", "quantity", "total")[:limit])


def month_by_month() -> list[tuple[str, date, int, int | None]]:
    """(publisher, month, copies, before) of each publisher and month in which it sold, by name.

    `before` is the number of its last month before that with sales, None in its first. The months of
    a publisher are in their order. Equal names come with the higher primary key first.
    """
    # Each publisher is a window of its own: without it, the first month of one would look at another.
    # The row before, not the month before: where nothing was sold, there is no row.
    before = Window(Lag("copies"), partition_by="book__publisher", order_by="month")
    rows = copies_by_month("book__publisher").annotate(before=before)
    rows = rows.order_by("book__publisher__name", "-book__publisher", "month")
    return list(rows.values_list("book__publisher__name", "month", "copies", "before"))
