"""The calendar: squares by day, months, days in a row."""

from datetime import date, timedelta

import pytest

from core.cockpit.year import WEEKS, year
from core.models import Day

TODAY = date(2026, 3, 11)  # a Wednesday


@pytest.fixture
def practise(learner):
    def make(*ages, **counts):
        for age in ages:
            day = TODAY - timedelta(days=age)
            Day.objects.create(learner=learner, date=day, **{"runs": 1, **counts})

    return make


def test_year_without_practice(learner):
    found = year(learner, TODAY)
    assert len(found.squares) == 7 * (WEEKS - 1) + 3  # up to today
    assert {square.level for square in found.squares} == {0}
    assert (found.days, found.streak, found.months) == (0, 0, ())
    assert found.squares[-1].title == "Wednesday, 11 March 2026: no run"


@pytest.mark.parametrize(
    ("counts", "level", "said"),
    [
        ((1, 1, 0), 1, "1 run, 1 passed"),
        ((3, 1, 0), 2, "3 runs, 1 passed"),
        ((1, 1, 5), 3, "1 run, 1 passed, 5 reviews"),
        ((0, 0, 1), 1, "1 review"),
    ],
)
def test_square_grows_with_what_was_done_and_says_it(learner, practise, counts, level, said):
    practise(0, **dict(zip(("runs", "passes", "reviews"), counts, strict=True)))
    square = year(learner, TODAY).squares[-1]
    assert square.level == level
    assert square.side > year(learner, TODAY).squares[0].side
    assert square.title == f"Wednesday, 11 March 2026: {said}"


def test_square_stands_in_its_week_and_on_its_weekday(learner):
    squares = year(learner, TODAY).squares
    middle = [(square.x + square.side / 2, square.y + square.side / 2) for square in squares]
    assert middle[7][0] - middle[0][0] == middle[1][1] - middle[0][1] == 14
    assert middle[7][1] == middle[0][1]


@pytest.mark.parametrize(
    ("ages", "streak"),
    [((), 0), ((0,), 1), ((1,), 1), ((2,), 0), ((0, 1, 2, 4), 3), ((1, 2), 2)],
)
def test_streak_ends_today_or_yesterday(learner, practise, ages, streak):
    practise(*ages)
    assert year(learner, TODAY).streak == streak


def test_months_sum_what_the_squares_show(learner, practise):
    practise(0, 1, runs=2, passes=1, reviews=3)
    practise(20, runs=5)
    practise(400)  # before the 53 weeks
    found = year(learner, TODAY)
    assert [(m.first, m.days, m.runs, m.passes, m.reviews) for m in found.months] == [
        (date(2026, 3, 1), 2, 4, 2, 6),
        (date(2026, 2, 1), 1, 5, 0, 0),
    ]
    assert found.days == 3


def test_days_of_other_sources_alone_are_none(learner, practise):
    practise(0, runs=0)
    assert year(learner, TODAY).days == 0
