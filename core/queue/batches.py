"""Runs asked for at once: written as rows, sent to the workers, cancelled together."""

import logging
from collections.abc import Iterable, Sequence

from celery.exceptions import OperationalError
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core import runs
from core.celery import JUDGE, app, time_limits
from core.errors import KataError
from core.kata import Kata
from core.models import Batch, Run
from core.queue.leases import queued
from core.source import author_sources

logger = logging.getLogger(__name__)


def enqueue(katas: Sequence[Kata], *, learner: User, source: str = runs.OWN) -> Batch:
    """Ask for one run of each kata: a row each in one INSERT, and a task each after the commit.

    Blocks for milliseconds; a broker that does not answer is no error, as `reap` sends the tasks
    later. Raises KataError where no workers are set up, for no kata, and for a source that is neither
    the learner's own nor the author's.
    """
    if not settings.REDIS_URL:
        raise KataError(
            "Runs from the browser need workers, and none are set up here.",
            hint="Start all parts of the workspace at once: `scripts/serve`.",
        )
    if not katas:
        raise KataError("No kata was chosen.", hint="Choose one or more.")
    for kata in katas:
        _check_source(kata, source)
    with transaction.atomic():
        runs.sync(list({kata.uuid: kata for kata in katas}.values()))
        batch = Batch.objects.create(learner=learner)
        rows = Run.objects.bulk_create(
            Run(
                kata_id=kata.uuid,
                learner=learner,
                batch=batch,
                source=source,
                **queued(),
            )
            for kata in katas
        )
        asked = [(row.pk, kata) for row, kata in zip(rows, katas, strict=True)]
        transaction.on_commit(lambda: send(asked))
    return batch


def _check_source(kata: Kata, source: str) -> None:
    """By name alone: a path from a browser would have the worker run any folder of the machine."""
    known = [runs.OWN, *author_sources(kata)]
    if source not in known:
        raise KataError(
            f"{kata.slug} has no source {source!r}.", hint=f"Sources: {', '.join(known)}."
        )


def send(asked: Iterable[tuple[int, Kata | None]]) -> bool:
    """Tell the workers of these runs, by number and kata; whether the broker took it."""
    try:
        with app.producer_or_acquire() as producer:
            for number, kata in asked:
                app.send_task(JUDGE, (number,), producer=producer, **time_limits(kata))
    except OperationalError as error:
        logger.warning("The broker does not answer, so runs wait in the database: %s", error)
        return False
    return True


def cancel(what: Batch | Run) -> int:
    """Cancel a run, or all of a batch that have no verdict yet; how many that were.

    A queued one never starts. One that runs is ended by its worker within a second, and its verdict
    is not written.
    """
    now = timezone.now()
    with transaction.atomic():
        if isinstance(what, Batch):
            Batch.objects.filter(pk=what.pk, cancelled_at=None).update(cancelled_at=now)
            mine = Run.objects.filter(batch=what.pk)
        else:
            mine = Run.objects.filter(pk=what.pk)
        return mine.filter(status__in=Run.OPEN).update(
            status=Run.Result.CANCELLED, lease_until=None
        )
