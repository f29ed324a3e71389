"""Growth: equal counts are constant; the exponent of the last step tells linear from worse."""

import pytest

from core.judge.growth import Grows, curve_of, exponent, growth
from core.judge.instrument import case_ends
from core.verdict import Point

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("session")]


class Work:
    """A call whose counted cost is a function of the size."""

    def __init__(self, cost) -> None:
        self.cost = cost
        self.size = 0
        self.done = 0

    def make(self, size: int) -> None:
        self.size = size

    def do(self) -> None:
        self.done += self.cost(self.size)

    def grow(self, **options):
        return growth(
            "total()", make=self.make, do=self.do, count=lambda: self.done, unit="steps", **options
        )


def points(*values: float) -> tuple[Point, ...]:
    return tuple(Point(4**n, value) for n, value in enumerate(values))


@pytest.mark.parametrize(
    ("values", "curve"),
    [
        ((1, 1, 1, 1), "constant"),
        ((0, 0, 0, 0), "constant"),
        ((2, 5, 17, 65), "linear"),
        ((1, 1, 1, 2), "linear"),
        ((1, 8, 64, 384), "linear"),  # n log n
        ((1, 16, 256, 4096), "worse"),
        ((5, 4, 3, 2), "linear"),
    ],
)
def test_curve(values, curve):
    assert curve_of(points(*values)) == curve


def test_exponent_is_of_the_last_step():
    assert exponent(points(1, 1, 4, 64)) == pytest.approx(2.0)


def test_constant_is_recorded_with_its_points():
    found = Work(lambda size: 3).grow()
    assert [(point.size, point.value) for point in found] == [(1, 3), (4, 3), (16, 3), (64, 3)]
    measured = case_ends()[0]
    assert (measured["name"], measured["call"], measured["value"]) == ("steps", "total()", 3)
    assert len(measured["points"]) == 4


@pytest.mark.parametrize(
    ("cost", "at_most", "got", "expected"),
    [
        (
            lambda size: size + 1,
            "constant",
            "2, 5, 17, 65 steps at size 1, 4, 16, 64: it grows with the data",
            "the same at every size",
        ),
        (
            lambda size: size * size,
            "linear",
            "1, 16, 256, 4096 steps at size 1, 4, 16, 64: worse than linear",
            "no more than linear growth",
        ),
    ],
)
def test_faster_than_allowed_says_the_values(cost, at_most, got, expected):
    with pytest.raises(Grows) as caught:
        Work(cost).grow(at_most=at_most, because="Keep a running total.")
    assert (caught.value.call, caught.value.got, caught.value.expected) == (
        "total()",
        got,
        expected,
    )
    assert str(caught.value) == "Keep a running total."


def test_linear_is_allowed_where_it_is_asked():
    Work(lambda size: 2 * size).grow(at_most="linear")


def test_first_size_runs_once_uncounted_so_that_caches_are_warm():
    warm = []
    work = Work(lambda size: 1 if warm else 50)
    do = work.do
    work.do = lambda: (do(), warm.append(1))
    assert {point.value for point in work.grow()} == {1}


def test_exception_of_the_call_passes_through():
    with pytest.raises(ZeroDivisionError):
        Work(lambda size: 1 // 0).grow()
