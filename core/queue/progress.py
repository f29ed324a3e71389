"""How far a run is, case by case: kept in the cache while it runs, by the worker that runs it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from core.catalogue import Cases
from core.models import Run

KEPT = 120  # seconds after the last frame


@dataclass(frozen=True)
class CaseSoFar:
    """`status` is "running", or what became of the case: "passed", "failed" or "error"."""

    id: str
    status: str


@dataclass(frozen=True)
class Progress:
    """The cases of a run so far, in order; `expected` is how many there will be, 0 while unknown.

    Empty for a run that has not started, and some minutes after one ended: its verdict tells more.
    """

    expected: int = 0
    cases: tuple[CaseSoFar, ...] = ()

    @property
    def done(self) -> int:
        return sum(case.status != "running" for case in self.cases)


def progress(run: Run) -> Progress:
    """How far this run is; one trip to the cache."""
    return progress_of([run])[run.pk]


def progress_of(runs: Iterable[Run]) -> dict[int, Progress]:
    """How far each of these runs is, by number; one trip to the cache for all.

    A cache that does not answer is no progress: nothing else depends on it.
    """
    keys = {_key(run.pk, run.attempt): run.pk for run in runs}
    try:
        found = cache.get_many(keys)
    except RedisError:
        found = {}
    return {number: _progress(found.get(key)) for key, number in keys.items()}


def _key(number: int, attempt: int) -> str:
    return f"progress:{number}:{attempt}"


def _progress(value: list[Any] | None) -> Progress:
    if value is None:
        return Progress()
    expected, cases = value
    return Progress(expected, tuple(CaseSoFar(name, status) for name, status in cases))


class Recorder:
    """Keeps the progress of one run: a `listen` of `core.runner.run.run`."""

    def __init__(self, run: Run, databases: Sequence[str], recorded: Cases | None) -> None:
        self.key = _key(run.pk, run.attempt)
        self.databases = iter(databases)
        self.children = len(databases)  # one a database, one after the other
        self.suffix = ""
        self.expected = len(recorded.tasks) * self.children if recorded else 0
        self.cases: dict[str, str] = {}

    def __call__(self, frame: dict[str, Any]) -> None:
        kind = frame["frame"]
        if kind == "collected":
            database = next(self.databases, "")
            self.suffix = f" [{database}]" if self.children > 1 else ""  # as in the verdict
            self.expected = self.expected or len(frame["cases"]) * self.children
        elif kind == "started":
            self.cases[frame["id"] + self.suffix] = "running"
        elif kind == "case":
            bad = "failed" if frame["failure"] else "error" if frame["skipped"] is not None else ""
            self.cases[frame["id"] + self.suffix] = bad or "passed"
        else:
            return
        self.write()

    def write(self) -> None:
        try:
            cache.set(self.key, [self.expected, list(self.cases.items())], KEPT)
        except RedisError:
            return  # a broker that is away: the run goes on unseen
