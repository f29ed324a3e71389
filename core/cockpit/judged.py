"""A verdict as a page shows it: tasks with their cases, what each cost, where the queries came from."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString

from core.cockpit import plot
from core.cockpit.code import sql
from core.cockpit.plot import Growth
from core.report.verdict import brief, costs, label
from core.verdict import Case, Line, Measurement, Problem, Shape, Status, Verdict, verdict_from_json

MOST_OUTPUT = 20_000  # characters of what a case printed
SAID_BY_SHAPES = ("OverBudget", "Grows")  # whose message repeats the shapes, line by line
PLACE = re.compile(r"^(?P<path>.+):(?P<line>\d+)$")


@dataclass(frozen=True)
class ShapeRow:
    sql: SafeString
    line: str
    times: int
    ms: float


@dataclass(frozen=True)
class Cost:
    """A counted cost of a call; `over` says that it was too much."""

    name: str
    call: str
    value: float
    limit: float | None
    over: bool
    shapes: tuple[ShapeRow, ...]
    growth: Growth | None


@dataclass(frozen=True)
class CaseRow:
    label: str
    status: Status
    words: str  # why it went wrong, or what it cost, in a line
    open: bool
    problem: Problem | None
    messages: tuple[str, ...]
    places: tuple[Line, ...]
    costs: tuple[Cost, ...]
    output: str
    seconds: float


@dataclass(frozen=True)
class TaskRow:
    number: int
    title: str
    status: str  # "" where no case of it has run
    passed: int
    total: int
    costs: str
    cases: tuple[CaseRow, ...]


@dataclass(frozen=True)
class Judged:
    verdict: Verdict
    tasks: tuple[TaskRow, ...]
    messages: tuple[str, ...]
    places: tuple[Line, ...]
    output: str


def judged(stored: dict[str, object]) -> Judged | None:
    """The stored JSON as rows; None where it is of a version that this workspace does not read."""
    try:
        verdict = verdict_from_json(stored)
    except ValueError:
        return None
    problem = verdict.problem
    return Judged(
        verdict,
        tuple(_task(verdict, number) for number in range(len(verdict.tasks))),
        _messages(problem, ()) if problem else (),
        _places(problem) if problem else (),
        verdict.output[:MOST_OUTPUT] if problem else "",
    )


def _task(verdict: Verdict, index: int) -> TaskRow:
    task = verdict.tasks[index]
    cases = [case for case in verdict.cases if case.task == task.number]
    bad = [case for case in cases if case.problem and case.problem.kind != "missing"]
    return TaskRow(
        task.number,
        task.title,
        task.status.value if cases else "",
        sum(case.status is Status.PASSED for case in cases),
        len(cases),
        costs(cases),
        tuple(_case(case, first=case in bad[:1]) for case in cases),
    )


def _case(case: Case, *, first: bool) -> CaseRow:
    found = tuple(_cost(measured) for measured in case.measurements)
    problem = case.problem
    words = brief(case).partition(": ")[2] if problem else costs([case])
    return CaseRow(
        label(case.id),
        case.status,
        words,
        first,
        problem,
        _messages(problem, found) if problem else (),
        _places(problem) if problem else (),
        found,
        case.output[:MOST_OUTPUT],
        case.seconds,
    )


def _cost(measured: Measurement) -> Cost:
    return Cost(
        measured.name,
        measured.call,
        measured.value,
        measured.limit,
        measured.limit is not None and measured.value > measured.limit,
        tuple(_shape(shape) for shape in measured.shapes),
        plot.growth(measured) if len(measured.points) > 1 else None,
    )


def _shape(shape: Shape) -> ShapeRow:
    return ShapeRow(sql(shape.sql), shape.line, shape.times, shape.seconds * 1000)


def _messages(problem: Problem, found: tuple[Cost, ...]) -> tuple[str, ...]:
    """The words of a problem, without those that the table of shapes says better."""
    if problem.kind in SAID_BY_SHAPES and any(cost.shapes for cost in found):
        return (problem.hint,) if problem.hint else ()
    message = problem.message
    if not problem.call and problem.kind[:1].isupper():
        message = f"{problem.kind}: {message}".rstrip(": ")
    return tuple(line for line in (*message.split("\n"), problem.hint) if line)


def _places(problem: Problem) -> tuple[Line, ...]:
    """The learner's lines; where there are none and the words say little, the test's."""
    if problem.lines or problem.call or not problem.test:
        return problem.lines
    return (problem.test,)


def asked(verdict: Verdict, path: str) -> dict[int, int]:
    """How many queries each line of a file sent, in the call where it sent the most."""
    most: dict[int, int] = {}
    for case in verdict.cases:
        for measured in case.measurements:
            times: dict[int, int] = {}
            for shape in measured.shapes:
                place = PLACE.match(shape.line)
                if place and place["path"] == path:
                    line = int(place["line"])
                    times[line] = times.get(line, 0) + shape.times
            for line, count in times.items():
                most[line] = max(most.get(line, 0), count)
    return most
