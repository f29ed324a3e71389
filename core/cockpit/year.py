"""The calendar of the front page: the days of a year on which the learner practised, week by week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User

from core.models import Day

WEEKS = 53
STEP = 14  # pixels from one day to the next
LEFT, TOP = 34, 18  # pixels for the names of days and of months
SIZES = ((0, 4), (1, 7), (3, 9), (6, 11))  # runs from which a square has that side: 0, 1, 2, 3


@dataclass(frozen=True)
class Square:
    """A day: how many runs it had shows in its size and its level, and is said in its title."""

    x: float
    y: float
    side: int
    level: int
    title: str


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Month:
    """A line of the table that says the same."""

    first: date
    days: int
    runs: int
    passes: int


@dataclass(frozen=True)
class Year:
    width: int
    height: int
    squares: tuple[Square, ...]
    labels: tuple[Label, ...]
    months: tuple[Month, ...]  # with practice, the newest first
    days: int
    streak: int  # days in a row, up to today or yesterday


def year(learner: User, today: date) -> Year:
    """The 53 weeks that end with today's. One query, of a row a day."""
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    found = Day.objects.filter(learner=learner, date__range=(monday, today), runs__gt=0)
    counts = {
        day: (runs, passes) for day, runs, passes in found.values_list("date", "runs", "passes")
    }
    days = [monday + timedelta(days=n) for n in range((today - monday).days + 1)]
    return Year(
        LEFT + WEEKS * STEP,
        TOP + 7 * STEP,
        tuple(_square(day, (day - monday).days, counts.get(day, (0, 0))) for day in days),
        tuple(_labels(days)),
        tuple(_months(counts)),
        len(counts),
        _streak(counts, today),
    )


def _square(day: date, place: int, counts: tuple[int, int]) -> Square:
    runs, passes = counts
    level = max(n for n, (least, _) in enumerate(SIZES) if runs >= least)
    side = SIZES[level][1]
    inset = (STEP - side) / 2
    said = f"{runs} run{'s' * (runs != 1)}, {passes} passed" if runs else "no run"
    x, y = LEFT + place // 7 * STEP + inset, TOP + place % 7 * STEP + inset
    return Square(x, y, side, level, f"{day:%A, %-d %B %Y}: {said}")


def _labels(days: list[date]) -> list[Label]:
    rows = [Label(0, TOP + n * STEP + 11, name) for n, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"))]
    months = [
        Label(LEFT + n // 7 * STEP, 11, f"{day:%b}") for n, day in enumerate(days) if day.day == 1
    ]
    return rows + months


def _months(counts: Mapping[date, tuple[int, int]]) -> list[Month]:
    firsts = sorted({day.replace(day=1) for day in counts}, reverse=True)
    months = []
    for first in firsts:
        here = [each for day, each in counts.items() if day.replace(day=1) == first]
        runs, passes = (sum(column) for column in zip(*here, strict=True))
        months.append(Month(first, len(here), runs, passes))
    return months


def _streak(counts: Mapping[date, tuple[int, int]], today: date) -> int:
    day = today if today in counts else today - timedelta(days=1)
    streak = 0
    while day in counts:
        streak += 1
        day -= timedelta(days=1)
    return streak
