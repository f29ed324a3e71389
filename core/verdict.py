"""What a run found: one frozen tree with a JSON form, made by the parent, shown by every face.

Times are seconds, memory is mebibytes. A path is relative to the workspace where it lies inside it.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

VERSION = 1
INFRASTRUCTURE = "infrastructure fault"  # kind of a problem; no class can be called so


class Status(StrEnum):
    """Of a case, a task or a whole run; a case is never `unavailable`."""

    PASSED = "passed"
    FAILED = "failed"  # an assertion or an exception inside a case
    ERROR = "error"  # an expected case has no result: syntax, import, crash, exit, skip
    TIMEOUT = "timeout"  # a limit on time ended the run
    UNAVAILABLE = "unavailable"  # a server or program that the kata needs is missing


PRECEDENCE = (Status.PASSED, Status.FAILED, Status.ERROR, Status.TIMEOUT, Status.UNAVAILABLE)
EXIT_STATUS = {
    Status.PASSED: 0,
    Status.FAILED: 1,
    Status.ERROR: 2,
    Status.TIMEOUT: 2,
    Status.UNAVAILABLE: 3,
}


def worst(statuses: Iterable[Status]) -> Status:
    return max(statuses, key=PRECEDENCE.index, default=Status.PASSED)


@dataclass(frozen=True)
class Line:
    """One frame of a traceback: where, and the text that stands there."""

    path: str
    line: int
    function: str
    code: str


@dataclass(frozen=True)
class Problem:
    """Why a case, or a run, has no result or not the right one.

    `kind` is the exception's class, or the limit that was reached. `call`, `got` and `expected` are
    filled by `core.judge.expect`. `lines` are frames of the learner's files alone, innermost last;
    `test` is the line of tests.py that judged.
    """

    kind: str
    message: str
    hint: str = ""
    call: str = ""
    got: str = ""
    expected: str = ""
    lines: tuple[Line, ...] = ()
    test: Line | None = None


@dataclass(frozen=True)
class Shape:
    """Statements of one form from one line of the learner's ("" for none), and their seconds in all."""

    sql: str
    line: str
    times: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Point:
    """What a call cost on data of one size."""

    size: int
    value: float
    seconds: float = 0.0


@dataclass(frozen=True)
class Measurement:
    """A counted cost of one call: `value` against `limit` (none: only shown).

    `shapes` say where queries came from; `points` how the cost grew with the data.
    """

    name: str
    call: str
    value: float
    limit: float | None = None
    shapes: tuple[Shape, ...] = ()
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Case:
    id: str
    task: int
    status: Status
    problem: Problem | None = None
    measurements: tuple[Measurement, ...] = ()
    output: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Task:
    number: int
    title: str
    status: Status


@dataclass(frozen=True)
class Sandbox:
    """How the run was bounded, and what it used of its limits.

    `level` says what held the code: `rlimits` are for one's own code alone.
    """

    level: str
    seconds: float = 0.0
    seconds_limit: float = 0.0
    memory: float = 0.0
    memory_limit: float = 0.0


@dataclass(frozen=True)
class Verdict:
    kata: str
    uuid: str
    source: str
    checksum: str
    status: Status
    seed: int
    tasks: tuple[Task, ...]
    cases: tuple[Case, ...]
    problem: Problem | None = None
    output: str = ""
    duration: float = 0.0
    sandbox: Sandbox = Sandbox(level="none")
    version: int = VERSION

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(case.status is Status.PASSED for case in self.cases)

    @property
    def counts(self) -> bool:
        """Whether this is an attempt of the learner's: not where a worker failed."""
        return self.problem is None or self.problem.kind != INFRASTRUCTURE

    @property
    def dearest(self) -> Measurement | None:
        """The count of queries that is nearest its budget, or furthest above it."""
        found = [
            each
            for case in self.cases
            for each in case.measurements
            if each.name == "queries" and each.limit is not None
        ]
        return max(found, key=lambda each: each.value / max(each.limit or 0, 0.5), default=None)

    def to_json(self) -> dict[str, Any]:
        """The tree as JSON values; `version` first, so that a reader can tell."""
        return {"version": self.version} | dataclasses.asdict(self)


def verdict_from_json(value: dict[str, Any]) -> Verdict:
    """The tree of a stored or received JSON form; ValueError when it is not one."""
    version = value.get("version") if isinstance(value, dict) else None
    if version != VERSION:
        raise ValueError(f"verdict version {version!r} is not {VERSION}")
    return build(Verdict, value)


T = typing.TypeVar("T")
Reader = Callable[[Any], Any]  # a value from its JSON form


def build(kind: type[T], value: Any) -> T:
    """A frozen dataclass of this kind from its JSON form, nested ones included."""
    try:
        return typing.cast("T", _reader(typing.cast("Any", kind))(value))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error


@functools.cache
def _reader(kind: Any) -> Reader:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return _list_of(_reader(arguments[0]))
    if origin is types.UnionType:
        read = _reader(arguments[0])
        return lambda value: None if value is None else read(value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}
        return lambda value: kind(**{name: readers[name](item) for name, item in value.items()})
    return _plain(origin or kind)


def _list_of(read: Reader) -> Reader:
    def found(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError(f"{value!r} is not a list")
        return tuple([read(item) for item in value])

    return found


def _plain(kind: Any) -> Reader:
    """Texts, numbers, and dicts, whatever is in them."""
    fits = (int, float) if kind is float else str if kind is Status else kind

    def found(value: Any) -> Any:
        if not isinstance(value, fits):
            raise TypeError(f"{value!r} is not {kind.__name__}")
        return kind(value)

    return found
