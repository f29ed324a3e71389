"""A kata's lab in three children, on the same data, side by side: at one size, or at several."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from core.errors import KataError
from core.kata import Kata
from core.needs.lease import holding
from core.runner.launch import Launcher, cold
from core.runner.result import Outcome
from core.runner.run import execute
from core.source import author_sources, read_source
from core.verdict import Point, Problem, Shape, build

SOURCES = ("exercise", "stub", "solution")
PATIENCE = 6  # times the kata's limits: the naive code is slow, which is the point


@dataclass(frozen=True)
class Call:
    """What a call gave, as text, and its cost: `value` queries, or what else `unit` names."""

    call: str
    result: str
    value: float
    unit: str
    seconds: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Column:
    """One source's calls; `problem` where its child did not come to its end."""

    source: str
    calls: tuple[Call, ...]
    problem: Problem | None


@dataclass(frozen=True)
class Measured:
    """One source's calls at several sizes, in `unit`."""

    source: str
    points: dict[str, tuple[Point, ...]]
    problem: Problem | None
    unit: str = "queries"


def demonstrate(
    kata: Kata,
    *,
    size: int | None = None,
    launch: Launcher = cold,
    hangup: int | None = None,
) -> tuple[Column, ...]:
    """The learner's code, the code as shipped and the solution. Blocks for some seconds.

    KataError where there is no demo, Unavailable where a server that it needs cannot be had.
    """
    name = f"management/commands/{kata.slug}.py"
    if not (kata.folder / name).exists():
        raise KataError(f"{kata.slug} has no demo: it has no {name}.")
    with holding():
        return tuple(
            _column(source, _child(kata, source, "demo", size or 0, launch, hangup), kata)
            for source in _sources(kata)
        )


def calls_of(kata: Kata, source: str, size: int) -> Column:
    """The lab's calls on one source, without the demo's own words; blocks for a second."""
    with holding():
        return _column(source, _child(kata, source, "calls", size, cold, None), kata)


def measure(
    kata: Kata, *, launch: Launcher = cold, hangup: int | None = None
) -> tuple[Measured, ...]:
    """The lab's calls at several sizes, for each source that there is."""
    if not (kata.folder / "lab.py").exists():
        raise KataError(f"{kata.slug} has nothing to measure: it has no lab.py.")
    with holding():
        return tuple(
            _measured(source, _child(kata, source, "measure", 0, launch, hangup), kata)
            for source in _sources(kata)
        )


def _measured(source: str, outcome: Outcome, kata: Kata) -> Measured:
    points: dict[str, tuple[Point, ...]] = {}
    unit = "queries"
    for frame in outcome.of_kind("point"):
        point = Point(frame["size"], frame["value"], frame["seconds"])
        points[frame["call"]] = (*points.get(frame["call"], ()), point)
        unit = frame["unit"]
    return Measured(source, points, _problem(outcome, kata), unit)


def _column(source: str, outcome: Outcome, kata: Kata) -> Column:
    calls = [
        Call(
            f["call"],
            f["result"],
            f["value"],
            f["unit"],
            f["seconds"],
            tuple(build(Shape, shape) for shape in f["shapes"]),
        )
        for f in outcome.of_kind("call")
    ]
    return Column(source, tuple(calls), _problem(outcome, kata))


def _sources(kata: Kata) -> list[str]:
    return [each for each in SOURCES if each in ("exercise", *author_sources(kata))]


def _child(
    kata: Kata, source: str, mode: str, size: int, launch: Launcher, hangup: int | None
) -> Outcome:
    limits = dataclasses.replace(
        kata.limits,
        seconds=kata.limits.seconds * PATIENCE,
        cpu_seconds=kata.limits.cpu_seconds * PATIENCE,
    )
    return execute(
        dataclasses.replace(kata, limits=limits),
        read_source(kata, source),
        mode=mode,
        seed=1,
        database=kata.databases[0],
        size=size,
        launch=launch,
        hangup=hangup,
    )


def _problem(outcome: Outcome, kata: Kata) -> Problem | None:
    problems = outcome.problems(kata)
    return problems[0][1] if problems else None


def as_json(columns: tuple[Column, ...] | tuple[Measured, ...]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(column) for column in columns]
