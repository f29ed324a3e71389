"""A calendar of practice: how much was done on each day, in the learner's time zone."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from core import models
from core.runs import whose

WEEKS = 12


@dataclass(frozen=True)
class Day:
    """Runs of the learner's own file, those of them that passed, and grades of katas and questions."""

    date: date
    runs: int = 0
    passes: int = 0
    reviews: int = 0

    @property
    def total(self) -> int:
        return self.runs + self.reviews


def days(
    count: int = 7 * WEEKS, *, learner: User | None = None, until: date | None = None
) -> tuple[Day, ...]:
    """The last `count` days up to `until` or today, the oldest first. One query, of a row a day.

    A day is what it was where the learner was when something was done.
    """
    last = until or timezone.localdate()
    dates = [last - timedelta(days=back) for back in reversed(range(count))]
    found = models.Day.objects.filter(**whose(learner), date__gt=last - timedelta(days=count))
    rows = found.filter(date__lte=last).values_list("date", "runs", "passes", "reviews")
    held = {row[0]: Day(*row) for row in rows}
    return tuple(held.get(each) or Day(each) for each in dates)
