"""What the demo and the lab show of this kata."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from core.judge.plan import plans

from . import reports
from .filling import fill
from .models import Sale

sizes = (1_000, 4_000, 16_000, 64_000)


def populate(size: int) -> None:
    """`size` sales, and three that nobody has paid."""
    fill(size)
    Sale.objects.bulk_create(
        Sale(branch=1, title="Emma", cents=900, sold_at=datetime(2024, 12, 1, hour, tzinfo=UTC))
        for hour in (9, 12, 15)
    )


def how(report: Callable[[], object]) -> str:
    """Ask for a report, and say how the database finds it."""
    with plans() as found:
        list(report())
    finds = "scans" if any(each.scanned for each in found) else "searches"
    return f"{finds}, sorts" if any(each.sorts for each in found) else finds


calls = {
    "of_day(2024-05-01)": lambda: how(lambda: reports.of_day(date(2024, 5, 1))),
    "latest(3, 10)": lambda: how(lambda: reports.latest(3, 10)),
    "unpaid()": lambda: how(reports.unpaid),
    "10,000 new sales": lambda: fill(10_000),
}
