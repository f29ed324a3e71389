"""The calls of a kata's lab on data of one size: what each gave, and what it cost."""

import contextlib
import importlib
import importlib.util
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connections

from core.demo import LONG, Lab
from core.judge.growth import forget
from core.judge.instrument import learners_line
from core.judge.memory import peak
from core.judge.plan import Plan, plan
from core.judge.queries import counted, shape
from core.lab import tables
from core.lab.gate import Gate
from core.lab.overlay import SILK
from core.lab.people import people
from core.lab.problem import shown
from core.runner.job import Job
from core.runner.problem import problem_of
from core.verdict import Shape, build

EXPLAINED = ("SELECT", "WITH", "UPDATE", "DELETE")
MOST_PLANS = 20  # statements of a call whose plans are shown

Sample = tuple[str, Any, str]  # a statement, its parameters, the alias


def duration(seconds: float) -> str:
    """`0.3 ms`, `12 ms`, `1.4 s`."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def said(value: float, unit: str) -> str:
    """`1 query`, `80 letters`."""
    return counted(int(value)) if unit == "queries" else f"{value:,.10g} {unit}"


@dataclass(frozen=True)
class Asked:
    """A form of statement from one line of the learner's, and how the database goes about it."""

    shape: Shape
    plan: Plan | None
    no_plan: str = ""

    @property
    def time(self) -> str:
        return duration(self.shape.seconds)


@dataclass(frozen=True)
class Called:
    """What a call gave and cost; `problem` with the learner's lines where it raised."""

    name: str
    result: str
    value: float
    unit: str
    seconds: float
    asked: tuple[Asked, ...]
    problem: dict[str, Any] | None

    @property
    def time(self) -> str:
        return duration(self.seconds)

    @property
    def cost(self) -> str:
        return said(self.value, self.unit)


@dataclass(frozen=True)
class AtSize:
    """What a call cost on data of one size; `memory` is the bytes at its peak."""

    size: int
    value: float
    seconds: float
    memory: int


class Bench:
    """One for the process. `lab` is None for a kata without a lab.py, `gate` is a server's alone."""

    job: Job
    gate: Gate

    def __init__(self) -> None:
        self.lab: Lab | None = None
        self.size = 0
        self.databases: list[str] = []  # that the kata is judged on; the lab is on the first
        self.people: tuple[tuple[Any, str], ...] = ()  # users of the data, by primary key and name
        self.doing = threading.Lock()  # costs are counted in all threads: one call at a time

    def open(self, job: Job, size: int, databases: list[str]) -> None:
        """Import the lab, and make the data that it begins with."""
        self.job, self.databases = job, databases
        if importlib.util.find_spec(f"{job.package}.lab"):
            self.lab = Lab(importlib.import_module(f"{job.package}.lab"))
            self.size = size or self.lab.sizes[min(1, len(self.lab.sizes) - 1)]
            self._populate(self.size)
        connections.close_all()

    def fill(self, size: int) -> None:
        """Make the data anew, of this size, also at the next start."""
        with self.doing:
            self.gate.line.send(filled=size)
            self._made(size)
            self.size = size

    def call(self, name: str) -> Called:
        assert self.lab  # noqa: S101 - the page has no calls without one
        samples: dict[tuple[str, str], Sample] = {}
        with self.doing:
            with _sampled(samples):
                done = self.lab.do(name, LONG)
            shapes = [build(Shape, each) for each in done.cost["shapes"]]
            asked = tuple(
                _explained(each, samples.get((each.sql, each.line)), number)
                for number, each in enumerate(shapes)
            )
        return Called(
            name,
            done.result,
            done.cost["value"],
            done.cost["unit"],
            done.cost["seconds"],
            asked,
            self.said(done.error) if done.error else None,
        )

    def said(self, error: Exception) -> dict[str, Any]:
        """What was raised, with the learner's lines as the person knows them."""
        return shown(problem_of(error, self.job))

    def counts(self) -> bool:
        """Whether a cost was counted: a plain kata need not count anything."""
        return self.job.database != "none" or bool(self.lab and self.lab.count)

    def by_size(self, name: str) -> tuple[AtSize, ...]:
        """The call at each size that the kata measures at; then the data is what it was.

        Twice a size: for the time, and for the memory, which makes code slower to look at.
        """
        assert self.lab  # noqa: S101 - as above
        before = self.size
        found = []
        with self.doing:
            for size in self.lab.sizes:
                self._made(size)
                forget()
                done = self.lab.do(name)
                self._made(size)
                with peak() as most:
                    self.lab.do(name)
                if done.error:
                    raise done.error
                found.append(AtSize(size, done.cost["value"], done.cost["seconds"], most.bytes))
            self._made(before)
        return tuple(found)

    def _made(self, size: int) -> None:
        if self.job.database != "none":
            tables.empty()
        self._populate(size)

    def _populate(self, size: int) -> None:
        assert self.lab  # noqa: S101 - as above
        self.lab.populate(size)
        self.people = people()


BENCH = Bench()


@contextlib.contextmanager
def _sampled(samples: dict[tuple[str, str], Sample]) -> Iterator[None]:
    """Keep the first statement of each form and line that this thread sends."""

    def keep(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        sample = (sql, params, context["connection"].alias)
        samples.setdefault((shape(sql), learners_line()), sample)
        return execute(sql, params, many, context)

    with contextlib.ExitStack() as stack:
        for alias in connections:
            if alias != SILK:
                stack.enter_context(connections[alias].execute_wrapper(keep))
        yield


def _explained(each: Shape, sample: Sample | None, number: int) -> Asked:
    if sample is None:
        return Asked(each, None, "sent by another thread")
    sql, params, alias = sample
    if number >= MOST_PLANS or not sql.lstrip(" (\n").upper().startswith(EXPLAINED):
        return Asked(each, None)
    try:
        return Asked(each, plan(sql, params, using=alias))
    except (DatabaseError, ValueError) as error:
        return Asked(each, None, str(error))
