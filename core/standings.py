"""The sums over runs and grades: how a learner stands with each kata, and what each day held.

Kept as runs are concluded and cards are graded, so that what they show costs the same after ten as
after a million; summed up anew after an import.
"""

import json
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import (
    Case,
    Count,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce, Greatest, Least, TruncDate
from django.utils import timezone

from core.models import Day, Judgement, Kata, Review, Run, Standing
from core.verdict import INFRASTRUCTURE, Status

OWN = "exercise"  # the source that is the learner's


def add(run: Run, *, own: bool) -> None:
    """Add a run that came to a verdict. `own`: of the learner's own file, and an attempt of theirs."""
    if own:
        _stand(run)
    passed = int(own and run.status == Status.PASSED)
    _note(run.learner_id, run.started_at, runs=int(own), passes=passed, number=run.pk)


def add_review(learner: int, at: datetime) -> None:
    """Add a grade to the day on which it was given."""
    _note(learner, at, reviews=1)


def _stand(run: Run) -> None:
    passed = run.status == Status.PASSED
    best = float(run.duration or 0)
    values = {"last": run, "status": run.status, "last_at": run.started_at}
    mine = Standing.objects.filter(kata=run.kata_id, learner=run.learner_id)
    added = values | {
        "runs": F("runs") + 1,
        "passes": F("passes") + int(passed),
        "passed_at": Coalesce("passed_at", Value(run.started_at if passed else None)),
    }
    if passed:
        added["best"] = Case(When(best__lt=best, then=F("best")), default=Value(best))
    if not mine.update(**added):
        # Of two first runs that end at once, one makes the row, and both are counted.
        first = Standing(kata_id=run.kata_id, learner_id=run.learner_id, **values)
        Standing.objects.bulk_create([first], ignore_conflicts=True)
        mine.update(**added)


def _note(learner: int, at: datetime | None, *, number: int | None = None, **counts: int) -> None:
    """Add these counts to a day, and the number of a run to those that it holds."""
    date = timezone.localdate(at)
    added: dict[str, Any] = {name: F(name) + count for name, count in counts.items()}
    if number:
        added["first"] = Least(Coalesce("first", number), number)
        added["last"] = Greatest(Coalesce("last", number), number)
    day = Day.objects.filter(learner=learner, date=date)
    if not day.update(**added):
        first = {**counts, "first": number, "last": number}
        _, made = Day.objects.get_or_create(learner_id=learner, date=date, defaults=first)
        if not made:  # by another run at the same moment
            day.update(**added)


def restand(learner: User, katas: Collection[str]) -> None:
    """Sum up anew how a learner stands with these katas (uuids), from all their runs."""
    own = Run.objects.filter(_own(learner), learner=learner, started_at__isnull=False)
    passed = Q(status=Status.PASSED)
    sums = (
        own.filter(kata__uuid__in=katas)
        .order_by()
        .values("kata")
        .annotate(
            runs=Count("pk"),
            passes=Count("pk", filter=passed),
            passed_at=Min("started_at", filter=passed),
            best=Min("duration", filter=passed),
            last_at=Max("started_at"),
        )
    )
    # Beside the sums, where it would be looked for once a run.
    newest = own.filter(kata=OuterRef("pk")).order_by("-started_at", "-pk").values("pk")[:1]
    last = Run.objects.filter(
        pk__in=Kata.objects.filter(pk__in=katas).values_list(Subquery(newest))
    )
    newest_of = {run.kata_id: run for run in last}
    Standing.objects.filter(learner=learner, kata__uuid__in=katas).delete()
    Standing.objects.bulk_create(
        Standing(
            learner=learner,
            kata_id=each["kata"],
            last=newest_of[each["kata"]],
            status=newest_of[each["kata"]].status,
            last_at=each["last_at"],
            runs=each["runs"],
            passes=each["passes"],
            passed_at=each["passed_at"],
            best=each["best"],
        )
        for each in sums
    )


def recount_days(learner: User) -> None:
    """Sum up anew the days of a learner, from all their runs and grades."""
    own = _own(learner)
    of_runs = (
        Run.objects.filter(learner=learner, duration__isnull=False, started_at__isnull=False)
        .annotate(date=TruncDate("started_at"))
        .order_by()
        .values("date")
        .annotate(
            ran=Count("pk", filter=own),
            passes=Count("pk", filter=own & Q(status=Status.PASSED)),
            low=Min("pk"),
            high=Max("pk"),
        )
    )
    runs = {each["date"]: each for each in of_runs}
    graded = Review.objects.filter(card__learner=learner).annotate(date=TruncDate("at"))
    reviews = Counter(graded.values_list("date", flat=True))
    nothing: dict[str, Any] = {"ran": 0, "passes": 0, "low": None, "high": None}
    days = {date: runs.get(date, nothing) for date in sorted({*runs, *reviews})}
    Day.objects.filter(learner=learner).delete()
    Day.objects.bulk_create(
        Day(
            learner=learner,
            date=date,
            runs=each["ran"],
            passes=each["passes"],
            reviews=reviews[date],
            first=each["low"],
            last=each["high"],
        )
        for date, each in days.items()
    )


def _own(learner: User) -> Q:
    """Which runs are attempts of a learner's: what `Verdict.counts` says, asked of the database.

    A look into a verdict's JSON is dear, so only those of runs with an error are looked at.
    """
    kind = KeyTransform("kind", KeyTransform("problem", "verdict"))
    faults = Judgement.objects.annotate(kind=Cast(kind, TextField())).filter(
        run__learner=learner,
        run__status=Status.ERROR.value,
        kind__in=[INFRASTRUCTURE, json.dumps(INFRASTRUCTURE)],  # SQLite gives text, PostgreSQL JSON
    )
    return Q(source=OWN) & ~Q(pk__in=faults.values("pk"))
