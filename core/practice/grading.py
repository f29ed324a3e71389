"""Grades of katas: a first pass, and the pass of each graded repeat, is graded once.

Gave up is *again*, hints are *hard*, several tries *good*, the first try *easy*: a pass is within budget.
A pass at any other time grades nothing.
"""

from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core import editing, runs
from core.catalogue import command
from core.errors import KataError
from core.kata import Kata
from core.models import Card, Help, Review, Run
from core.practice import cards, questions, schedule
from core.practice.cards import KATA, Rating
from core.source import Source, UnreadableSource, shipped
from core.verdict import Status, Verdict

# Problems of a run as a whole that are not of the code: it is no try.
INFRASTRUCTURE = ("killed", "tests", "unreadable")


@transaction.atomic
def store(
    verdict: Verdict, files: Source | None, *, kata: Kata, learner: User | None = None
) -> tuple[Run, Review | None]:
    """Keep a verdict as `core.runs.store` does, and grade it."""
    run = runs.store(verdict, files, kata=kata, learner=learner)
    return run, grade(run, verdict, kata=kata)


def grade(run: Run, verdict: Verdict, *, kata: Kata) -> Review | None:
    """The grade of a pass that is to be graded; else count a try, if it is one, and None.

    For every run that was concluded, once, inside the same transaction.
    """
    if run.source != runs.OWN or not _is_try(verdict, kata):
        return None
    # Two passes at once are one grade: the second waits here.
    card, _ = Card.objects.select_for_update().get_or_create(
        kata_id=run.kata_id,
        learner_id=run.learner_id,
        heading=KATA,
        defaults={"opened_at": timezone.now()},
    )
    if card.opened_at is None:
        return None
    if verdict.status is not Status.PASSED:
        card.tries += 1
        card.save(update_fields=["tries"])
        return None
    first, opened_at = card.state is None, card.opened_at
    seconds = None if first else int((timezone.now() - opened_at).total_seconds())
    review = cards.review(card, _rating(card), seconds=seconds)
    if first:
        questions.begin(kata, card)
    return review


def _is_try(verdict: Verdict, kata: Kata) -> bool:
    """Not where the machine is at fault, nor where the files are as shipped: nothing was tried."""
    if verdict.status is Status.PASSED:
        return True
    if verdict.status is Status.UNAVAILABLE or not verdict.counts:
        return False
    if verdict.problem and verdict.problem.kind in INFRASTRUCTURE:
        return False
    return not _as_shipped(verdict, kata)


def _as_shipped(verdict: Verdict, kata: Kata) -> bool:
    try:
        return Source("stub", kata.folder, shipped(kata)).checksum == verdict.checksum
    except UnreadableSource:
        return False  # whatever is in place is something else


def _rating(card: Card) -> Rating:
    """Of the pass that comes after `card.tries` others."""
    taken = Help.objects.filter(kata=card.kata_id, learner=card.learner_id)
    if since := schedule.graded_at(card.state):
        taken = taken.filter(at__gt=since)
    kinds = set(taken.values_list("kind", flat=True).distinct())
    if Help.Kind.GAVE_UP in kinds:
        return Rating.AGAIN
    if Help.Kind.HINT in kinds:
        return Rating.HARD
    return Rating.GOOD if card.tries else Rating.EASY


@transaction.atomic
def again(kata: Kata, learner: User | None = None) -> Path | None:
    """Open a graded repeat from the files as shipped; where the learner's went, None if the same.

    A repeat that is open already stays: its tries count on.
    """
    learner = learner or runs.local_learner()
    require_pass(kata, learner)
    card, _ = Card.objects.select_for_update().get_or_create(
        kata_id=kata.uuid, learner=learner, heading=KATA
    )
    if card.opened_at is None:
        card.opened_at, card.tries = timezone.now(), 0
        card.save(update_fields=["opened_at", "tries"])
    return editing.reset(kata)


def require_pass(kata: Kata, learner: User | None = None) -> None:
    """KataError where there is nothing to repeat yet."""
    if not runs.has_passed(kata, learner):
        raise KataError(
            f"{kata.slug} has not passed yet, so there is nothing to repeat: "
            "its first pass is graded by itself.",
            hint=f"A fresh file: `{command()} {kata.slug} --reset`.",
        )


def last_graded(kata: Kata, learner: User | None = None) -> datetime | None:
    """When a learner, or the local one, was graded last: help before that is of another time."""
    card = cards.of_kata(kata, learner)
    return schedule.graded_at(card.state) if card else None


def earned(kata: Kata, learner: User | None = None) -> bool:
    """Whether a learner, or the local one, may see the answers."""
    gave_up = runs.gave_up_at(kata, learner)
    return opens(cards.of_kata(kata, learner), runs.has_passed(kata, learner), gave_up)


def opens(card: Card | None, passed: bool, gave_up: datetime | None) -> bool:
    """Whether the answers of a kata are open: after a pass, or for giving up.

    While a graded repeat is open, the pass before it does not count, nor what was given up then.
    """
    if card is None or not card.repeated:
        return passed or gave_up is not None
    since = schedule.graded_at(card.state)
    return gave_up is not None and (since is None or gave_up > since)
