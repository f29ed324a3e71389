"""Who may judge a run, and write its verdict: compare-and-set on status and attempt."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from core import runs
from core.kata import Kata
from core.models import Run
from core.practice.grading import grade
from core.source import Source
from core.verdict import Verdict

LEASE = timedelta(seconds=10)  # a worker that has not renewed for so long is dead
LOST = timedelta(seconds=10)  # the task of a run that waited for so long may be lost
MOST_ATTEMPTS = 3


def claim(number: int) -> Run | None:
    """Take a run: one that is queued, or whose worker did not renew its lease.

    None where it has a verdict, is cancelled, or is another worker's. Sets `attempt`, `lease_until`,
    `started_at` and `wait`; the run is this worker's for as long as `renew` says so.
    """
    now = timezone.now()
    run = Run.objects.select_related("kata").filter(pk=number).first()
    if run is None:
        return None
    seen = Run.objects.filter(pk=number, status=run.status, attempt=run.attempt)
    if run.status == Run.Result.QUEUED:
        since = run.queued_at or now
        run.wait = (run.wait or 0.0) + max((now - since).total_seconds(), 0.0)
    elif run.status == Run.Result.RUNNING and run.attempt < MOST_ATTEMPTS:
        seen = seen.filter(lease_until__lt=now)
    else:
        return None
    run.status, run.attempt = Run.Result.RUNNING, run.attempt + 1
    run.started_at, run.lease_until = now, now + LEASE
    taken = ("status", "attempt", "started_at", "lease_until", "wait")
    return run if seen.update(**{name: getattr(run, name) for name in taken}) else None


def renew(run: Run) -> bool:
    """Keep a claimed run for another LEASE; False where it was cancelled or is somebody else's."""
    return bool(_held(run).update(lease_until=timezone.now() + LEASE))


@transaction.atomic
def commit(run: Run, verdict: Verdict, files: Source | None, *, kata: Kata | None) -> bool:
    """Write the verdict and grade it, once: False, and nothing is written, where the run is not this
    worker's. Without `kata`, which could not be read, nothing was judged and nothing is graded.
    """
    if not _held(run).update(status=verdict.status.value):
        return False
    run.lease_until = None
    runs.conclude(run, verdict, files)
    if kata:
        grade(run, verdict, kata=kata)
    return True


def give_back(run: Run) -> bool:
    """Put a claimed run back into the queue, to be judged anew; the attempt does not count."""
    return bool(_held(run).update(**queued(), attempt=F("attempt") - 1))


def queued() -> dict[str, Any]:
    """What a row that waits holds; its `lease_until` says when the task may be taken for lost."""
    now = timezone.now()
    return {"status": Run.Result.QUEUED, "queued_at": now, "lease_until": now + LOST}


def _held(run: Run) -> QuerySet[Run]:
    """The row, for as long as it is this worker's."""
    return Run.objects.filter(pk=run.pk, status=Run.Result.RUNNING, attempt=run.attempt)
