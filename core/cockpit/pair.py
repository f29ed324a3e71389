"""Two runs of a kata side by side: what changed in the cases, the queries and the code."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from core import runs
from core.comparison import QueryChange, compare
from core.errors import KataError
from core.kata import Kata
from core.models import Run
from core.report.verdict import label
from core.verdict import verdict_from_json


@dataclass(frozen=True)
class CaseRow:
    label: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Pair:
    old: Run
    new: Run
    cases: tuple[CaseRow, ...]
    queries: tuple[QueryChange, ...]
    code: tuple[str, ...]


def pair(kata: Kata, learner: User, old: int, new: int) -> Pair | None:
    """None where the learner has no such runs of this kata with a verdict.

    KataError where one was stored by a version that this one does not read.
    """
    mine = Run.objects.filter(kata__uuid=kata.uuid, learner=learner, judgement__isnull=False)
    found = mine.select_related("snapshot", "judgement").in_bulk([old, new])
    if old not in found or new not in found:
        return None
    before, after = found[old], found[new]
    try:
        comparison = compare(
            verdict_from_json(before.judgement.verdict),
            verdict_from_json(after.judgement.verdict),
            runs.files_of(before),
            runs.files_of(after),
        )
    except ValueError as error:
        raise KataError(
            f"Runs {old} and {new} cannot be compared: {error}.",
            hint="Run the kata again, and compare runs of this version.",
        ) from error
    cases = [CaseRow(label(change.case), change.old, change.new) for change in comparison.cases]
    return Pair(before, after, tuple(cases), comparison.queries, comparison.code)
