"""Runs that have no verdict yet: which of a kata, which batches, how many before one."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet

from core import runs
from core.kata import Kata
from core.models import Run


@dataclass(frozen=True)
class OpenBatch:
    """A batch by number, and how many of its runs have no verdict yet."""

    number: int
    open: int


def open_run(kata: Kata, *, learner: User) -> Run | None:
    """The newest open run of the learner's own file."""
    mine = Run.objects.filter(learner=learner, kata__uuid=kata.uuid, source=runs.OWN)
    return mine.filter(status__in=Run.OPEN).select_related("kata").order_by("-pk").first()


def open_batches(learner: User) -> tuple[OpenBatch, ...]:
    """The learner's, the newest first. One query, that looks at open runs alone."""
    mine = Run.objects.filter(learner=learner, status__in=Run.OPEN, batch__isnull=False)
    counts = mine.order_by("-batch").values_list("batch").annotate(Count("pk"))
    return tuple(OpenBatch(number, count) for number, count in counts)


def before(run: Run) -> int:
    """How many runs, of anybody, are taken before this one, which is queued. One query."""
    return by_status(Run.Result.QUEUED).filter(pk__lt=run.pk).count()


def by_status(*statuses: str) -> QuerySet[Run]:
    """Open runs of anybody: by the index `run_open`, however many are over."""
    return Run.objects.filter(status__in=statuses, lease_until__isnull=False)
