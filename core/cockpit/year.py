"""The calendar of the front page: the days of a year on which the learner practised, week by week."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User

from core.practice.days import Day, days

WEEKS = 53
STEP = 14  # pixels from one day to the next
LEFT, TOP = 34, 18  # pixels for the names of days and of months
SIZES = ((0, 4), (1, 7), (3, 9), (6, 11))  # runs and reviews from which a square has that side


@dataclass(frozen=True)
class Square:
    """A day: how much was done shows in its size and its level, and is said in its title."""

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
    reviews: int


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
    count = 7 * (WEEKS - 1) + today.weekday() + 1
    shown = days(count, learner=learner, until=today)
    practised = [day for day in shown if day.total]
    return Year(
        LEFT + WEEKS * STEP,
        TOP + 7 * STEP,
        tuple(_square(day, place) for place, day in enumerate(shown)),
        tuple(_labels([day.date for day in shown])),
        tuple(_months(practised)),
        len(practised),
        _streak({day.date for day in practised}, today),
    )


def _square(day: Day, place: int) -> Square:
    level = max(n for n, (least, _) in enumerate(SIZES) if day.total >= least)
    side = SIZES[level][1]
    inset = (STEP - side) / 2
    x, y = LEFT + place // 7 * STEP + inset, TOP + place % 7 * STEP + inset
    return Square(x, y, side, level, f"{day.date:%A, %-d %B %Y}: {_said(day)}")


def _said(day: Day) -> str:
    if not day.total:
        return "no run"
    words = f"{day.runs} run{'s' * (day.runs != 1)}, {day.passes} passed" if day.runs else ""
    graded = f"{day.reviews} review{'s' * (day.reviews != 1)}" if day.reviews else ""
    return ", ".join(filter(None, (words, graded)))


def _labels(days: list[date]) -> list[Label]:
    rows = [Label(0, TOP + n * STEP + 11, name) for n, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"))]
    months = [
        Label(LEFT + n // 7 * STEP, 11, f"{day:%b}") for n, day in enumerate(days) if day.day == 1
    ]
    return rows + months


def _months(practised: Sequence[Day]) -> list[Month]:
    months = []
    for first in sorted({day.date.replace(day=1) for day in practised}, reverse=True):
        here = [day for day in practised if day.date.replace(day=1) == first]
        runs, passes, reviews = (
            sum(getattr(day, name) for day in here) for name in ("runs", "passes", "reviews")
        )
        months.append(Month(first, len(here), runs, passes, reviews))
    return months


def _streak(practised: Collection[date], today: date) -> int:
    day = today if today in practised else today - timedelta(days=1)
    streak = 0
    while day in practised:
        streak += 1
        day -= timedelta(days=1)
    return streak
