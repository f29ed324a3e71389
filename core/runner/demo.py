"""A kata's demo: its lab's calls in three children, on the same data, side by side."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from core.errors import KataError
from core.kata import Kata
from core.runner.launch import Launcher, cold
from core.runner.run import execute
from core.source import author_sources, read_source
from core.verdict import Problem, Shape, build

PATIENCE = 6  # times the kata's limits: the naive code is slow, which is the point


@dataclass(frozen=True)
class Call:
    call: str
    result: str
    queries: int
    seconds: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Column:
    """One source's calls; `problem` where its child did not come to its end."""

    source: str
    calls: tuple[Call, ...]
    problem: Problem | None


SOURCES = ("exercise", "stub", "solution")


def demonstrate(
    kata: Kata, *, size: int | None = None, launch: Launcher = cold, hangup: int | None = None
) -> tuple[Column, ...]:
    """The learner's code, the code as shipped and the solution. Blocks for some seconds."""
    name = f"management/commands/{kata.slug}.py"
    if not (kata.folder / name).exists():
        raise KataError(f"{kata.slug} has no demo: it has no {name}.")
    limits = dataclasses.replace(
        kata.limits,
        seconds=kata.limits.seconds * PATIENCE,
        cpu_seconds=kata.limits.cpu_seconds * PATIENCE,
    )
    patient = dataclasses.replace(kata, limits=limits)
    sources = [each for each in SOURCES if each in ("exercise", *author_sources(kata))]
    return tuple(_column(patient, source, size, launch, hangup) for source in sources)


def _column(
    kata: Kata, source: str, size: int | None, launch: Launcher, hangup: int | None
) -> Column:
    database = next((each for each in kata.databases if each != "postgres"), "none")
    outcome = execute(
        kata,
        read_source(kata, source),
        mode="demo",
        seed=1,
        database=database,
        size=size or 0,
        launch=launch,
        hangup=hangup,
    )
    problems = outcome.problems(kata)
    calls = [
        Call(
            f["call"],
            f["result"],
            f["queries"],
            f["seconds"],
            tuple(build(Shape, shape) for shape in f["shapes"]),
        )
        for f in outcome.of_kind("call")
    ]
    return Column(source, tuple(calls), problems[0][1] if problems else None)


def as_json(columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(column) for column in columns]
