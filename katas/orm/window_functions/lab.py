"""What the demo and the lab show of this kata: the rows of each report, and how many were fetched."""

from collections.abc import Callable

from django.db.models import Count

from core.bookshop.generator import generate
from core.bookshop.models import OrderLine
from core.judge.rows import rows_sent

from . import exercise

sizes = (10, 40, 160, 640)
unit = "rows fetched"
fetched = 0


def populate(size: int) -> None:
    """A shop with `size` books and ten order lines a book, over two years."""
    generate(books=size)


def count() -> int:
    return fetched


def shown(report: Callable[[], list[object]]) -> int:
    """How many rows the report shows; what it fetched for them is added to the count."""
    global fetched
    with rows_sent() as found:
        number = len(report())
    fetched += found.sent
    return number


def best_known() -> int:
    """The key of the book with the most order lines."""
    lines = OrderLine.objects.values_list("book").annotate(lines=Count("pk"))
    return lines.order_by("-lines", "book")[0][0]


def history() -> int:
    book = best_known()
    return shown(lambda: exercise.history(book, 10))


calls = {
    "rows of best_sellers(3)": lambda: shown(lambda: exercise.best_sellers(3)),
    "rows of history(book, 10)": history,
    "rows of month_by_month()": lambda: shown(lambda: exercise.month_by_month()),
}
