"""Cards that come again: which are due, when the next is, and their grades."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core import standings
from core.kata import Kata
from core.models import Card, Review
from core.practice import schedule
from core.runs import whose

Rating = Review.Rating
KATA = ""  # the heading of a kata's own card


@dataclass(frozen=True)
class Due:
    """A card that is due today, or a graded repeat that is open. `kata` is a uuid."""

    kata: str
    question: int
    at: datetime | None
    repeated: bool = False


def mine(learner: User | None = None) -> QuerySet[Card]:
    return Card.objects.filter(**whose(learner))


def due(learner: User | None = None) -> tuple[Due, ...]:
    """What is due until the end of today, the longest waiting first. One query."""
    repeated = Q(opened_at__isnull=False, state__isnull=False)
    cards = mine(learner).filter(Q(due__lt=tomorrow()) | repeated).order_by("due", "pk")
    return tuple(Due(str(card.kata_id), card.question, card.due, card.repeated) for card in cards)


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


def tomorrow() -> datetime:
    """The end of today where the learner is: what is due today is due from its morning."""
    return timezone.localtime().replace(
        hour=0, minute=0, second=0, microsecond=0, fold=0
    ) + timedelta(days=1)
