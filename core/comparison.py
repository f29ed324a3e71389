"""One attempt beside another: what changed in the code, the cases and the queries."""

import difflib
from collections import Counter
from dataclasses import dataclass

from core.verdict import Status, Verdict


@dataclass(frozen=True)
class CaseChange:
    case: str
    old: Status | None
    new: Status | None


@dataclass(frozen=True)
class QueryChange:
    """A call whose statements differ: shapes with how often, gone and come."""

    call: str
    old: float
    new: float
    gone: tuple[tuple[str, int], ...]
    come: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Comparison:
    code: tuple[str, ...]  # lines of a unified diff
    cases: tuple[CaseChange, ...]
    queries: tuple[QueryChange, ...]


def compare(
    old: Verdict, new: Verdict, old_files: dict[str, bytes], new_files: dict[str, bytes]
) -> Comparison:
    """What changed from the old attempt to the new one."""
    return Comparison(
        code=tuple(_code(old_files, new_files)),
        cases=tuple(_cases(old, new)),
        queries=tuple(_queries(old, new)),
    )


def _code(old: dict[str, bytes], new: dict[str, bytes]) -> list[str]:
    lines: list[str] = []
    for path in sorted({*old, *new}):
        before, after = (files.get(path, b"").decode(errors="replace") for files in (old, new))
        lines += difflib.unified_diff(
            before.splitlines(), after.splitlines(), path, path, lineterm="", n=2
        )
    return lines


def _cases(old: Verdict, new: Verdict) -> list[CaseChange]:
    before = {case.id: case.status for case in old.cases}
    after = {case.id: case.status for case in new.cases}
    return [
        CaseChange(case, before.get(case), after.get(case))
        for case in dict.fromkeys([*before, *after])
        if before.get(case) != after.get(case)
    ]


def _queries(old: Verdict, new: Verdict) -> list[QueryChange]:
    before, after = _calls(old), _calls(new)
    changes = []
    for call in before.keys() & after.keys():
        gone, come = before[call] - after[call], after[call] - before[call]
        if gone or come:
            totals = (before[call].total(), after[call].total())
            changes.append(QueryChange(call, *totals, _most(gone), _most(come)))
    return sorted(changes, key=lambda change: change.call)


def _calls(verdict: Verdict) -> dict[str, Counter[str]]:
    """The statements of each measured call, by shape."""
    calls: dict[str, Counter[str]] = {}
    for case in verdict.cases:
        for measured in case.measurements:
            shapes = Counter({shape.sql: 0 for shape in measured.shapes})
            for shape in measured.shapes:
                shapes[shape.sql] += shape.times
            calls[measured.call] = shapes
    return calls


def _most(shapes: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(shapes.most_common())
