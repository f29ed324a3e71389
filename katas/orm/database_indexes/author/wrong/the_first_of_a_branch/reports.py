"""Three reports on the sales. Each costs what it shows, however long the table is."""

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet

from .models import Sale


def of_day(day: date) -> QuerySet[Sale]:
    """The sales of one day, in UTC, in the order in which they were made."""
    # The column stands alone, so its index can be searched. Up to the next midnight, and without it:
    # whatever "the last moment of the day" one writes, there is a later one.
    start = datetime.combine(day, time.min, UTC)
    day_long = Sale.objects.filter(sold_at__gte=start, sold_at__lt=start + timedelta(days=1))
    return day_long.order_by("sold_at")


def latest(branch: int, limit: int) -> QuerySet[Sale]:
    """The last `limit` sales of a branch, the latest first."""
    return Sale.objects.filter(branch=branch).order_by("sold_at")[:limit]


def unpaid() -> QuerySet[Sale]:
    """The sales that nobody has paid yet, the oldest first."""
    # In the very words of the index's condition: what the database cannot prove, it does not use.
    return Sale.objects.filter(paid_at=None).order_by("sold_at")
