"""What was left behind: runs of dead workers, and runs whose task the broker lost."""

import logging
from dataclasses import dataclass

from django.utils import timezone

from core import catalogue
from core.errors import KataError
from core.kata import Kata
from core.models import Run
from core.queue.batches import send
from core.queue.broker import messages
from core.queue.leases import LOST, MOST_ATTEMPTS, commit, queued
from core.queue.waiting import by_status
from core.verdict import INFRASTRUCTURE, Problem, Status, Verdict

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reaped:
    """How many runs went back into the queue, were given up, and were sent again."""

    returned: int = 0
    given_up: int = 0
    sent: int = 0


def reap() -> Reaped:
    """Give back what dead workers left, give up what failed too often, send again what was lost.

    A run that is given up gets an error verdict that says it was infrastructure: it is no attempt of
    the learner's. Called by beat every few seconds and by each worker as it starts; safe at once.
    """
    returned = given_up = 0
    running = by_status(Run.Result.RUNNING).select_related("kata")
    dead = running.filter(lease_until__lt=timezone.now())
    for run in dead:
        if run.attempt >= MOST_ATTEMPTS:
            given_up += commit(run, given_up_on(run), None, kata=None)
        elif _return(run):
            returned += 1
            send([(run.pk, kata_of(run))])
    found = Reaped(returned, given_up, _send_lost())
    if found != Reaped():
        logger.warning(
            "Runs of workers that ended: %s back in the queue, %s given up. Lost tasks sent again: %s.",
            *(found.returned, found.given_up, found.sent),
        )
    return found


def _return(run: Run) -> bool:
    """Into the queue, if no worker renewed or took it meanwhile."""
    seen = Run.objects.filter(
        pk=run.pk, status=run.status, attempt=run.attempt, lease_until=run.lease_until
    )
    return bool(seen.update(**queued()))


def _send_lost() -> int:
    """Where the broker holds fewer messages than runs wait, the oldest of those are sent again.

    Messages are taken in their order, so a run without one comes to be the oldest. A run that is sent
    twice by this is judged once, as every other.
    """
    waiting = by_status(Run.Result.QUEUED)
    overdue = waiting.select_related("kata").filter(lease_until__lt=timezone.now()).order_by("pk")
    if not overdue.exists():
        return 0
    held = messages()
    if held is None:
        return 0  # the broker does not answer: nothing can be sent
    lost = list(overdue[: max(waiting.count() - held, 0)])
    if not lost or not send([(run.pk, kata_of(run)) for run in lost]):
        return 0
    ids = [run.pk for run in lost]
    waiting.filter(pk__in=ids).update(lease_until=timezone.now() + LOST)
    return len(lost)


def given_up_on(run: Run) -> Verdict:
    words = f"The worker ended {run.attempt} times before this run had a verdict."
    return infrastructure(
        run, words, "It was not your code. Run it again; the log of `scripts/serve` may say why."
    )


def infrastructure(run: Run, message: str, hint: str) -> Verdict:
    """The verdict on a run that could not be judged, through no fault of the learner's."""
    problem = Problem(INFRASTRUCTURE, message, hint)
    return Verdict(
        kata=run.kata.slug,
        uuid=str(run.kata_id),
        source=run.source,
        checksum="",
        status=Status.ERROR,
        seed=run.seed or 0,
        tasks=(),
        cases=(),
        problem=problem,
    )


def kata_of(run: Run) -> Kata | None:
    """The kata of a run; None where its folder is gone or does not read, as the worker will say."""
    try:
        return catalogue.get(run.kata.slug)
    except KataError:
        return None
