"""The geometry of the plots: where each mark of an SVG stands, and the table that says the same."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.judge.growth import curve_of
from core.verdict import Measurement, Status

WORDS = {
    "constant": "the same at every size",
    "linear": "grows with the data",
    "worse": "grows worse than the data",
}


@dataclass(frozen=True)
class Tick:
    """A grid line: its label, and where it stands on its axis."""

    at: float
    label: str


@dataclass(frozen=True)
class Spot:
    """One point of a plot, and the sentence that it says."""

    x: float
    y: float
    tone: str
    title: str


@dataclass(frozen=True)
class Frame:
    """The drawing's size, and the box inside it that the data stands in."""

    width: int
    height: int
    left: float
    top: float
    right: float
    bottom: float

    def x(self, share: float) -> float:
        return round(self.left + share * (self.right - self.left), 1)

    def y(self, share: float) -> float:
        return round(self.bottom - share * (self.bottom - self.top), 1)


@dataclass(frozen=True)
class Growth:
    """A cost by size of data, both axes by powers: level is constant, a slope is growth."""

    frame: Frame
    name: str
    curve: str
    words: str
    line: str
    spots: tuple[Spot, ...]
    xs: tuple[Tick, ...]
    ys: tuple[Tick, ...]
    rows: tuple[tuple[int, float, float], ...]  # size, value, milliseconds


def growth(measured: Measurement) -> Growth:
    frame = Frame(360, 180, 44, 14, 346, 146)
    points = measured.points
    curve = curve_of(points)
    sizes = [math.log(max(point.size, 1)) for point in points]
    values = [math.log(max(point.value, 0.5)) for point in points]
    low, high = min(values), max(values)
    if high - low < 1:  # a level line stands in the middle, not on an axis
        low, high = low - 1, high + 1
    x = [frame.x(_share(size, sizes[0], sizes[-1])) for size in sizes]
    y = [frame.y(_share(value, low, high)) for value in values]
    tone = "good" if curve == "constant" else "bad" if curve == "worse" else "late"
    spots = [
        Spot(left, top, tone, f"{point.value:g} {measured.name} at size {point.size}")
        for left, top, point in zip(x, y, points, strict=True)
    ]
    return Growth(
        frame,
        measured.name,
        curve,
        WORDS[curve],
        _line(spots),
        tuple(spots),
        tuple(Tick(left, f"{point.size:,}") for left, point in zip(x, points, strict=True)),
        _values(frame, [point.value for point in points], y),
        tuple((point.size, point.value, point.seconds * 1000) for point in points),
    )


def _values(frame: Frame, values: Sequence[float], y: Sequence[float]) -> tuple[Tick, ...]:
    """Labels of the smallest and the largest value, and of those between that keep their distance."""
    ticks: list[Tick] = []
    for value, top in sorted(zip(values, y, strict=True)):
        if all(abs(top - tick.at) > 14 for tick in ticks):
            ticks.append(Tick(top, f"{value:g}"))
    return tuple(ticks)


@dataclass(frozen=True)
class Attempt:
    """A run of the learner's own file, in the order in which they were made."""

    run: int
    status: str
    queries: int | None
    budget: int | None
    seconds: float


@dataclass(frozen=True)
class Attempts:
    """Queries and seconds over the attempts, one panel each, with the same axis below."""

    frame: Frame
    queries: tuple[Spot, ...]
    queries_line: str
    query_ticks: tuple[Tick, ...]
    budget: float | None  # where its line stands
    budget_label: str
    seconds: tuple[Spot, ...]
    seconds_line: str
    second_ticks: tuple[Tick, ...]
    xs: tuple[Tick, ...]
    rows: tuple[Attempt, ...]


def attempts(rows: Sequence[Attempt]) -> Attempts:
    """The plots of two attempts or more, oldest first."""
    frame = Frame(360, 150, 44, 14, 346, 122)
    x = [frame.x(_share(n, 0, len(rows) - 1)) for n in range(len(rows))]
    counted = [(left, row, row.queries) for left, row in zip(x, rows, strict=True)]
    known = [(left, row, value) for left, row, value in counted if value is not None]
    budget = next((row.budget for row in reversed(rows) if row.budget is not None), None)
    top = max([value for _, _, value in known] + [budget or 0, 1])
    slowest = max([row.seconds for row in rows] + [0.001])
    queries = [
        Spot(left, frame.y(_root(value, top)), _tone(row), f"Run {row.run}: {value} queries")
        for left, row, value in known
    ]
    seconds = [
        Spot(
            left, frame.y(row.seconds / slowest), _tone(row), f"Run {row.run}: {row.seconds:.2f} s"
        )
        for left, row in zip(x, rows, strict=True)
    ]
    return Attempts(
        frame,
        tuple(queries),
        _line(queries),
        (Tick(frame.y(0), "0"), Tick(frame.y(1), f"{top:g}")),
        frame.y(_root(budget, top)) if budget is not None and known else None,
        f"budget {budget}",
        tuple(seconds),
        _line(seconds),
        (Tick(frame.y(0), "0"), Tick(frame.y(1), f"{slowest:.2g} s")),
        (Tick(x[0], f"run {rows[0].run}"), Tick(x[-1], f"run {rows[-1].run}")),
        tuple(rows),
    )


def _tone(row: Attempt) -> str:
    return "good" if row.status == Status.PASSED else "bad"


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5


def _root(value: float, top: float) -> float:
    """By the square root: a budget of 1 is still seen below 400 queries."""
    return math.sqrt(value / top)


def _line(spots: Sequence[Spot]) -> str:
    return " ".join(f"{spot.x},{spot.y}" for spot in spots)
