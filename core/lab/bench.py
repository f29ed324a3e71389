"""The calls of a kata's lab on data of one size: what each gave, and what it cost."""

import contextlib
import importlib
import importlib.util
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connections

from core.demo import Lab
from core.judge.instrument import learners_line
from core.judge.plan import Plan, plan
from core.judge.queries import shape
from core.lab import tables
from core.lab.gate import Gate
from core.lab.overlay import SILK
from core.runner.job import Job
from core.runner.problem import problem_of
from core.verdict import Shape, build

SHOWN = 2000  # characters of a result
EXPLAINED = ("SELECT", "WITH", "UPDATE", "DELETE")
MOST_PLANS = 20  # statements of a call whose plans are shown

Sample = tuple[str, Any, str]  # a statement, its parameters, the alias


@dataclass(frozen=True)
class Asked:
    """A form of statement from one line of the learner's, and how the database goes about it."""

    shape: Shape
    plan: Plan | None
    no_plan: str = ""


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
    def queries(self) -> int:
        return sum(each.shape.times for each in self.asked)


class Bench:
    """One for the process. `lab` is None for a kata without a lab.py."""

    def __init__(self) -> None:
        self.lab: Lab | None = None
        self.size = 0
        self.doing = threading.Lock()  # costs are counted in all threads: one call at a time

    def open(self, job: Job, size: int, gate: Gate) -> None:
        """Import the lab, and make the data that it begins with."""
        self.job, self.gate = job, gate
        if importlib.util.find_spec(f"{job.package}.lab"):
            self.lab = Lab(importlib.import_module(f"{job.package}.lab"))
            self.size = size or self.lab.sizes[min(1, len(self.lab.sizes) - 1)]
            self.lab.populate(self.size)
        connections.close_all()

    def fill(self, size: int) -> None:
        """Make the data anew, of this size, also at the next start."""
        with self.doing:
            self.gate.line.send(size=size)
            if self.job.database != "none":
                tables.empty()
            if self.lab:
                self.lab.populate(size)
            self.size = size

    def call(self, name: str) -> Called:
        assert self.lab  # noqa: S101 - the page has no calls without one
        samples: dict[tuple[str, str], Sample] = {}
        with self.doing:
            with _sampled(samples):
                done = self.lab.do(name, SHOWN)
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
            problem_of(done.error, self.job) if done.error else None,
        )


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
