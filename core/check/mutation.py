"""Prove that a kata's tests judge: each small change of the solution must make a case fail."""

import dataclasses
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from types import ModuleType
from typing import TYPE_CHECKING, Any

from core.catalogue import relative
from core.check.finding import Finding, finding
from core.errors import KataError
from core.kata import Equivalent, Kata, Limits
from core.needs.find import missing
from core.runner.launch import Launcher, cold
from core.runner.result import verdict_of
from core.runner.run import execute
from core.source import Source, UnreadableSource, author_sources, read_source
from core.verdict import Status, Verdict

if TYPE_CHECKING:
    from core.check.mutants import Mutant

SEED = 1
LEAST = 90  # percent of the changes that must be caught
# How long a mutant may take, beside what the solution took: an endless loop costs a second or two.
SLACK, TIMES = 1.0, 4  # seconds, factor
UNTESTED = ("__str__", "__repr__")  # left out where no change of them is caught


@dataclass(frozen=True)
class Survivor:
    """A change that no case notices: the lines before and after it, without their indentation."""

    file: str
    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Mutation:
    """What became of one kata's mutants. `spots` are the changes that count: caught or survived.

    None were made where `unavailable` says why; `equivalent` are those that kata.toml lets pass.
    """

    kata: str
    track: str
    spots: int = 0
    caught: int = 0
    equivalent: int = 0
    survivors: tuple[Survivor, ...] = ()
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    unavailable: str = ""

    @property
    def score(self) -> int:
        """Percent that are caught, rounded down; 100 where there is nothing to change."""
        return self.caught * 100 // self.spots if self.spots else 100


def require_library() -> ModuleType:
    """The module that makes mutants; KataError with the command where its library is not installed."""
    try:
        from core.check import mutants  # what it needs is there for development alone
    except ModuleNotFoundError as error:
        raise KataError(
            "kata_check --mutate needs mutmut, which is not installed.",
            hint="Run `scripts/test --version`: it installs what requirements-dev.txt locks.",
        ) from error
    return mutants


def mutate(
    kata: Kata,
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
    launch: Launcher = cold,
) -> Mutation:
    """Run every mutant of the solution, as many at once as there are processors.

    `progress` hears how many are done, and of how many.
    """
    start = monotonic()
    library = require_library()
    if reason := _unavailable(kata):
        return Mutation(kata.slug, kata.track, unavailable=reason)
    try:
        solution = read_source(kata, "solution")
        stub = read_source(kata, "stub") if "stub" in author_sources(kata) else None
        proved = _verdict(kata, solution, launch)
        if proved.status is not Status.PASSED:
            return _unchanged(kata, f"the solution is {proved.status}", "Let it pass first.")
        mutants: list[Mutant] = list(library.mutants(solution, stub))
    except UnreadableSource as error:
        return _unchanged(kata, error.message.rstrip("."), error.hint)
    limits = _limits(kata.limits, proved.sandbox.seconds)
    bounded = dataclasses.replace(kata, limits=limits)
    caught = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        jobs = [pool.submit(_caught, bounded, solution, mutant, launch) for mutant in mutants]
        try:
            for done, job in enumerate(jobs, 1):
                caught.append(job.result())
                progress(done, len(jobs))
        finally:  # Ctrl-C does not wait for those that have not begun
            pool.shutdown(cancel_futures=True)
    found = _judged(kata, solution, list(zip(mutants, caught, strict=True)))
    return dataclasses.replace(found, seconds=round(monotonic() - start, 2))


def _unavailable(kata: Kata) -> str:
    """Why this kata has no mutants, where that is no fault."""
    need = missing(kata)
    if not need and "solution" not in author_sources(kata):
        return f"{kata.slug} has no author/solution."
    return need.message if need else ""


def _unchanged(kata: Kata, message: str, fix: str) -> Mutation:
    found = finding(kata, "author", "mutation", f"nothing was changed: {message}", fix)
    return Mutation(kata.slug, kata.track, findings=(found,))


def _limits(limits: Limits, seconds: float) -> Limits:
    """For a mutant of a solution that took so long."""
    allowed = SLACK + TIMES * seconds
    return dataclasses.replace(
        limits,
        # Processor time ends a loop; the clock, which a busy machine makes unjust, only what waits.
        cpu_seconds=min(limits.cpu_seconds, allowed),
        seconds=min(limits.seconds, 3 * allowed),
    )


def _caught(kata: Kata, solution: Source, mutant: "Mutant", launch: Launcher) -> bool:
    files = solution.files | {mutant.file: mutant.code}
    source = Source("mutant", solution.folder, files)
    try:
        return _verdict(kata, source, launch, listen=_stop_at_failure).status is not Status.PASSED
    except _Failed:
        return True


class _Failed(Exception):
    """A case has failed: whatever the others say, the verdict will not be passed."""


def _stop_at_failure(frame: dict[str, Any]) -> None:
    if frame["frame"] == "problem" or frame.get("failure") or frame.get("skipped") is not None:
        raise _Failed


def _verdict(
    kata: Kata,
    source: Source,
    launch: Launcher,
    listen: Callable[[dict[str, Any]], None] = lambda frame: None,
) -> Verdict:
    outcomes = [
        execute(
            kata, source, mode="tests", seed=SEED, database=database, listen=listen, launch=launch
        )
        for database in kata.databases
    ]
    return verdict_of(kata, source, SEED, None, outcomes, None)


def _judged(kata: Kata, solution: Source, results: list[tuple["Mutant", bool]]) -> Mutation:
    tested = {mutant.scope for mutant, caught in results if caught}
    counted = [
        (mutant, caught)
        for mutant, caught in results
        if not mutant.scope.endswith(UNTESTED) or mutant.scope in tested
    ]
    survivors = [
        Survivor(relative(solution.path(each.file)), each.line, each.before, each.after)
        for each, caught in counted
        if not caught
    ]
    stale = _take_out(survivors, kata.equivalent)
    caught = sum(caught for _, caught in counted)
    found = Mutation(
        kata=kata.slug,
        track=kata.track,
        spots=caught + len(survivors),
        caught=caught,
        equivalent=len(kata.equivalent) - len(stale),
        survivors=tuple(survivors),
    )
    return dataclasses.replace(found, findings=tuple(_findings(kata, found, stale)))


def _take_out(survivors: list[Survivor], known: tuple[Equivalent, ...]) -> list[Equivalent]:
    """Take one survivor out for each entry; the entries for which there is none."""
    stale = []
    for entry in known:
        mine = (_words(entry.line), _words(entry.becomes))
        for survivor in survivors:
            if (_words(*survivor.before), _words(*survivor.after)) == mine:
                survivors.remove(survivor)
                break
        else:
            stale.append(entry)
    return stale


def _words(*lines: str) -> str:
    return " ".join(" ".join(lines).split())


def _findings(kata: Kata, found: Mutation, stale: list[Equivalent]) -> Iterator[Finding]:
    if found.score < LEAST:
        message = f"{found.score} % of {found.spots} changes are caught, {LEAST} % is the least"
        fix = "Add the case that a survivor lacks; list one that changes nothing as [[equivalent]]."
        yield finding(kata, "tests.py", "mutation", message, fix)
    for entry in stale:
        message = f"no survivor turns {entry.line!r} into {entry.becomes!r}"
        fix = "Take the entry out: the change is caught, or the line is another one now."
        yield finding(kata, "kata.toml", "equivalent", message, fix)
