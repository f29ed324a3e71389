"""Cards that come again: which are due, when the next is, and their grades."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from core import standings
from core.kata import Kata
from core.models import Card, Review
from core.practice import schedule
from core.runs import local_learner, whose

Rating = Review.Rating
KATA = ""  # the heading of a kata's own card


@dataclass(frozen=True)
class Due:
    """A card that is due today, or a graded repeat that is open. `kata` is a uuid.

    `planned` is a kata that was marked for practice and never passed: it has no grade yet.
    """

    kata: str
    question: int
    at: datetime | None
    repeated: bool = False
    planned: bool = False


def mine(learner: User | None = None) -> QuerySet[Card]:
    return Card.objects.filter(**whose(learner))


def is_due(prefix: str = "") -> Q:
    """Which cards are due until the end of today; `prefix` where they are joined to."""
    repeated = {f"{prefix}opened_at__isnull": False, f"{prefix}state__isnull": False}
    return Q(**{f"{prefix}due__lt": tomorrow()}) | Q(**repeated)


def due(learner: User | None = None) -> tuple[Due, ...]:
    """What is due until the end of today: planned katas first, then the longest waiting. One query."""
    found = (
        mine(learner)
        .filter(is_due())
        .annotate(
            new=Q(state__isnull=True, heading=KATA),
            repeated_now=Q(state__isnull=False, opened_at__isnull=False),
        )
        .order_by("-new", "due", "pk")
    )
    # Not as rows: a thousand states of FSRS would be read for nothing.
    columns = found.values_list("kata", "question", "due", "repeated_now", "new")
    return tuple(Due(str(kata), *values) for kata, *values in columns)


@dataclass(frozen=True)
class Waiting:
    """What is due, without the questions one by one: katas in the order of `due`, how many questions
    of which kata, and when the next card is due after today."""

    katas: tuple[Due, ...]
    questions: dict[str, int]
    coming: datetime | None


def waiting(learner: User | None = None) -> Waiting:
    """One query, of a row a kata: whoever has thousands of questions only wants their number."""
    own, ungraded = Q(heading=KATA), Q(state__isnull=True)
    rows = (
        mine(learner)
        .order_by()
        .values("kata")
        .annotate(
            asked=Count("pk", filter=is_due() & ~own),
            here=Count("pk", filter=is_due() & own),
            at=Min("due", filter=own),
            again=Count("pk", filter=own & ~ungraded & Q(opened_at__isnull=False)),
            new=Count("pk", filter=own & ungraded & Q(due__isnull=False)),
            later=Min("due", filter=Q(due__gte=tomorrow())),
        )
    )
    katas, questions, coming = [], {}, []
    columns = rows.values_list("kata", "asked", "here", "at", "again", "new", "later")
    for kata, asked, here, at, again, new, later in columns:
        if here:
            katas.append(Due(str(kata), 0, at, bool(again), bool(new)))
        if asked:
            questions[str(kata)] = asked
        if later:
            coming.append(later)
    katas.sort(key=lambda each: (not each.planned, each.at))
    return Waiting(tuple(katas), questions, min(coming, default=None))


@transaction.atomic
def mark(katas: Collection[str], learner: User | None = None) -> int:
    """Mark katas (uuids) for practice: each is due now. How many were not due before.

    One that never passed is planned: the card waits for its first pass, which is graded as ever.
    """
    learner, now = learner or local_learner(), timezone.now()
    Card.objects.bulk_create(
        [Card(kata_id=kata, learner=learner, heading=KATA, opened_at=now) for kata in katas],
        ignore_conflicts=True,
    )
    later = Q(due__isnull=True) | Q(due__gte=tomorrow())
    return mine(learner).filter(later, kata__uuid__in=katas, heading=KATA).update(due=now)


@transaction.atomic
def unmark(katas: Collection[str], learner: User | None = None) -> int:
    """Take such marks back: each is due when its grades say, and none is planned. How many changed."""
    changed = []
    own = mine(learner).select_for_update().filter(kata__uuid__in=katas, heading=KATA)
    for card in own.filter(due__isnull=False):
        at = schedule.due(card.state) if card.state else None
        if card.due != at:
            card.due = at
            changed.append(card)
    Card.objects.bulk_update(changed, ["due"])
    return len(changed)


def coming(learner: User | None = None) -> datetime | None:
    """When the next card is due after today. One query."""
    later = mine(learner).filter(due__gte=tomorrow()).order_by("due")
    return later.values_list("due", flat=True).first()


def of_kata(kata: Kata, learner: User | None = None) -> Card | None:
    """The kata's own card; None before its first run."""
    return mine(learner).filter(kata__uuid=kata.uuid, heading=KATA).first()


def questions_due(kata: Kata, learner: User | None = None) -> int:
    """How many questions of a kata are due."""
    return mine(learner).filter(kata__uuid=kata.uuid, question__gt=0, due__lt=tomorrow()).count()


@transaction.atomic
def review(card: Card, rating: int, *, seconds: int | None = None) -> Review:
    """Grade a card, as it is now: when it is due again follows."""
    card.refresh_from_db(from_queryset=Card.objects.select_for_update())
    at = timezone.now()
    card.state = schedule.reviewed(card.state, rating, at)
    card.due, card.opened_at, card.tries = schedule.due(card.state), None, 0
    card.save(update_fields=["state", "due", "opened_at", "tries"])
    standings.add_review(card.learner_id, at)
    return Review.objects.create(card=card, rating=rating, at=at, seconds=seconds)


def outlook(card: Card) -> dict[Rating, datetime]:
    """When the card would come again by each grade, but for the little chance in it."""
    at = timezone.now()
    found = {rating: schedule.reviewed(card.state, rating, at, fuzzing=False) for rating in Rating}
    return {rating: schedule.due(state) for rating, state in found.items()}


def tomorrow() -> datetime:
    """The end of today where the learner is: what is due today is due from its morning."""
    return timezone.localtime().replace(
        hour=0, minute=0, second=0, microsecond=0, fold=0
    ) + timedelta(days=1)
