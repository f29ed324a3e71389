"""The list of runs: pages by number, never counted, never sorted, and bounded however many there are.

A page looks through the WINDOW newest of the learner's runs below its cursor. Where a rare filter
finds less than a page in them, the page says how far it looked, and its link goes on from there.
"""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet, Sum

from core.catalogue import TRACKS
from core.cockpit.run_filter import SOURCES, RunFilter, matching, numbered, numbers
from core.models import Day, Kata, Run, Standing

PAGE = 50
WINDOW = 20_000  # runs


@dataclass(frozen=True)
class Choice:
    label: str
    query: str
    selected: bool = False


@dataclass(frozen=True)
class Choices:
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Dates:
    """Where one is among the dates: the way up, and the years, months or days below."""

    up: Choice | None
    here: str
    below: tuple[Choice, ...]


@dataclass(frozen=True)
class RunList:
    asked: RunFilter
    runs: tuple[Run, ...]
    older: str  # the query string of the next page, "" at the end
    searched_to: int  # the run down to which a search found less than a page; 0 for all of them
    dates: Dates
    filters: tuple[Choices, ...]
    own: int  # runs of the learner's own files in all


def run_list(learner: User, asked: RunFilter, before: int) -> RunList:
    """The page of runs below number `before`, or the newest for 0."""
    among = numbers(learner, asked)
    if before:
        among = range(among.start, min(among.stop, before))
    floor = _floor(numbered(learner, among)) if asked.picks else 0
    looked_at = numbered(learner, range(max(among.start, floor + 1), among.stop))
    runs = list(matching(looked_at, asked).select_related("kata")[: PAGE + 1])
    page = runs[:PAGE]
    older = page[-1].pk if len(runs) > PAGE else floor + 1 if floor else 0
    return RunList(
        asked,
        tuple(page),
        asked.query(before=older) if older else "",
        floor + 1 if floor and len(runs) <= PAGE else 0,
        _dates(learner, asked),
        tuple(_filters(asked)),
        Standing.objects.filter(learner=learner).aggregate(all=Sum("runs"))["all"] or 0,
    )


def _floor(runs: QuerySet[Run]) -> int:
    """The number of the newest run that this page does not look at; 0 where it looks at all."""
    return next(iter(runs.values_list("pk", flat=True)[WINDOW : WINDOW + 1]), 0)


def _dates(learner: User, asked: RunFilter) -> Dates:
    ran = Day.objects.filter(learner=learner, first__isnull=False)
    days = list(ran.values_list("date", flat=True))
    if not asked.year:
        years = sorted({day.year for day in days}, reverse=True)
        return Dates(None, "", tuple(Choice(str(year), asked.query(year=year)) for year in years))
    if not asked.month:
        months = sorted({day.month for day in days if day.year == asked.year})
        below = tuple(Choice(calendar.month_name[m], asked.query(month=m)) for m in months)
        return Dates(Choice("All dates", asked.query(year=0)), str(asked.year), below)
    month = f"{calendar.month_name[asked.month]} {asked.year}"
    if not asked.day:
        here = sorted({d.day for d in days if (d.year, d.month) == (asked.year, asked.month)})
        below = tuple(Choice(f"{month.split()[0]} {day}", asked.query(day=day)) for day in here)
        return Dates(Choice(str(asked.year), asked.query(month=0)), month, below)
    return Dates(Choice(month, asked.query(day=0)), f"{asked.day} {month}", ())


def _filters(asked: RunFilter) -> Iterable[Choices]:
    # From the rows: reading a thousand folders would take longer than all the rest.
    found = Kata.objects.values_list("track", flat=True).distinct()
    tracks = sorted(found, key=lambda track: (*TRACKS, track).index(track))
    yield _choices(asked, "status", {value: value for value in Run.Result.values})
    yield _choices(asked, "track", {track: track for track in tracks})
    yield _choices(asked, "source", SOURCES)


def _choices(asked: RunFilter, name: str, values: Mapping[str, str]) -> Choices:
    chosen = getattr(asked, name)
    choices = [
        Choice(label, asked.query(**{name: value}), value == chosen)
        for value, label in {"": "All", **values}.items()
    ]
    return Choices(name, tuple(choices))
