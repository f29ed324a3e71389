"""Which runs a list or an export is asked for: a query string as data, and what the database is asked."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.db.models import Max, Min, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from core.models import Day, Kata, Run
from core.runs import OWN

LARGEST = 10**18 - 1  # of any number that a query string may name
LAST_YEAR = 9998  # the day after its last one is still a date
SOURCES = {"own": "your own file", "other": "another source"}
NAMES = ("q", "status", "track", "source", "year", "month", "day")


@dataclass(frozen=True)
class RunFilter:
    """What is asked for; "" and 0 for what is not."""

    q: str = ""
    status: str = ""
    track: str = ""
    source: str = ""
    year: int = 0
    month: int = 0
    day: int = 0

    @property
    def dates(self) -> tuple[date, date] | None:
        """The first day and the last, both included; ValueError where there is no such date."""
        if not self.year:
            if self.month or self.day:
                raise ValueError("a month needs its year")
            return None
        if self.day and not self.month:
            raise ValueError("a day needs its month")
        months = (self.month, self.month) if self.month else (1, 12)
        last_day = self.day or calendar.monthrange(self.year, months[1])[1]
        return date(self.year, months[0], self.day or 1), date(self.year, months[1], last_day)

    @property
    def picks(self) -> bool:
        """Whether some of the learner's runs are left out, dates apart."""
        return bool(self.q or self.status or self.track or self.source)

    def query(self, **changes: object) -> str:
        """The query string of this filter with changes; without what is empty."""
        values = {name: getattr(self, name) for name in NAMES} | changes
        return "?" + urlencode({name: value for name, value in values.items() if value})


def read(query: QueryDict) -> RunFilter:
    """A value that no page of ours writes is a bad request."""
    found = RunFilter(
        query.get("q", "").strip()[:100],
        _one_of(query, "status", Run.Result.values),
        query.get("track", "")[:100],
        _one_of(query, "source", SOURCES),
        whole(query, "year", most=LAST_YEAR),
        whole(query, "month", most=12),
        whole(query, "day", most=31),
    )
    try:
        _ = found.dates
    except ValueError as error:
        raise BadRequest(f"There is no such date: {error}.") from error
    return found


def whole(query: QueryDict, name: str, *, most: int = LARGEST) -> int:
    """A whole number from 1 to `most`; 0 where the query string does not name it."""
    text = query.get(name, "")
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 0 < int(text) <= most):
        raise BadRequest(f"{name}={text!r} is not a number from 1 to {most}.")
    return int(text)


def _one_of(query: QueryDict, name: str, known: Collection[str]) -> str:
    value = query.get(name, "")
    if value and value not in known:
        raise BadRequest(f"{name}={value!r} is not one of {', '.join(known)}.")
    return value


def numbers(learner: User, asked: RunFilter) -> range:
    """Between which numbers the runs of the days asked for are."""
    if not asked.dates:
        return range(1, LARGEST)
    days = Day.objects.filter(learner=learner, date__range=asked.dates)
    bounds: dict[str, Any] = days.aggregate(low=Min("first"), high=Max("last"))
    return range(bounds["low"], bounds["high"] + 1) if bounds["low"] else range(0)


def numbered(learner: User, among: range) -> QuerySet[Run]:
    """The learner's runs with these numbers, the newest first.

    One bound on either side: of two, SQLite would begin at whichever was named first.
    """
    mine = Run.objects.filter(learner=learner, pk__gte=among.start, pk__lt=among.stop)
    return mine.order_by("-pk")


def matching(runs: QuerySet[Run], asked: RunFilter) -> QuerySet[Run]:
    """Those of the numbered runs that were asked for."""
    if asked.dates:
        first, last = asked.dates
        runs = runs.filter(started_at__gte=_midnight(first), started_at__lt=_midnight(last, days=1))
    if asked.status:
        runs = runs.filter(status=asked.status)
    if asked.track:
        runs = runs.filter(kata__track=asked.track)
    if asked.source:
        runs = runs.filter(source=OWN) if asked.source == "own" else runs.exclude(source=OWN)
    if asked.q:
        named = Q(slug__icontains=asked.q) | Q(title__icontains=asked.q)
        runs = runs.filter(kata__in=Kata.objects.filter(named))
    return runs


def _midnight(day: date, *, days: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()) + timedelta(days=days))
