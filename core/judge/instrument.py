"""The judge's own instrument in the child: counts statements on every connection of every thread.

`attach` is called once, before Django is set up. What a case measures is collected between
`case_begins` and `case_ends`. Silk and Debug Toolbar are never in the process: they ask the
database themselves, and would be counted.
"""

import dataclasses
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.template.base import Node

from core.verdict import Measurement

# Shown, never counted: which of them a database is sent differs between vendors.
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Statement:
    """One statement as it was sent: `line` is the learner's own that led to it, or ""."""

    sql: str
    alias: str
    seconds: float
    line: str

    @property
    def counted(self) -> bool:
        return not self.sql.lstrip().upper().startswith(TRANSACTION_CONTROL)


@dataclass
class Session:
    """What one child is judging."""

    folder: str = ""
    edit: tuple[str, ...] = ()
    seed: int = 0
    bounded: bool = True  # False in place, where a person may stand at a breakpoint for long
    ledgers: list[list[Statement]] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)


SESSION = Session()


def attach(*, folder: str, edit: tuple[str, ...], seed: int, bounded: bool = True) -> None:
    """Judge the edited files of this folder from now on, on every connection opened from now on."""
    SESSION.folder, SESSION.edit, SESSION.seed, SESSION.bounded = folder, edit, seed, bounded
    random.seed(seed)
    connection_created.connect(_listen, dispatch_uid="core.judge.instrument")


def rng(name: str = "") -> random.Random:
    """A source of random data for tests: the same for the same seed and name."""
    return random.Random(f"{SESSION.seed}:{name}")  # noqa: S311 - data for tests


def record(measurement: Measurement) -> None:
    SESSION.measurements.append(measurement)


def case_begins() -> None:
    SESSION.measurements.clear()


def case_ends() -> list[dict[str, Any]]:
    """The case's measurements as JSON values."""
    return [dataclasses.asdict(measurement) for measurement in SESSION.measurements]


def _listen(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    def wrapper(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if not SESSION.ledgers:
            return execute(sql, params, many, context)
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = time.perf_counter() - start
            statement = Statement(sql, connection.alias, seconds, learners_line())
            for ledger in SESSION.ledgers:
                ledger.append(statement)

    if not any(getattr(each, "judge", False) for each in connection.execute_wrappers):
        wrapper.judge = True  # type: ignore[attr-defined]
        # First, not last: `with connection.execute_wrapper(…)` pops the last one when it ends.
        connection.execute_wrappers.insert(0, wrapper)


def learners_line() -> str:
    """`exercise.py:9`: the innermost line of an edited file that the current call came through.

    Or of a template of the kata, such as `templates/list.html:7`: what stands there asks as well.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame:
        path, line = frame.f_code.co_filename, frame.f_lineno
        template = frame.f_code is Node.render_annotated.__code__
        if template and (token := frame.f_locals["self"].token):  # a parser made it
            path, line = frame.f_locals["self"].origin.name, token.lineno
        if path.startswith(SESSION.folder):
            inside = path[len(SESSION.folder) + 1 :]
            if template or is_edited(inside, SESSION.edit):
                return f"{inside}:{line}"
        frame = frame.f_back
    return ""


def is_edited(inside: str, edit: tuple[str, ...]) -> bool:
    """Whether a path within the kata's folder is one that the learner edits."""
    return any(inside.startswith(item) if item.endswith("/") else inside == item for item in edit)
