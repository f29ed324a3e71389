"""The questions of katas as cards: made with a kata's first pass, kept in step with questions.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core import documents
from core.catalogue import catalogue
from core.documents import Question
from core.errors import KataError
from core.kata import Kata
from core.models import Card, Review
from core.practice import cards, schedule
from core.practice.cards import KATA

LONGEST = 86_400  # seconds: who answers after more than a day has done something else


@dataclass(frozen=True)
class Asked:
    """A question to ask, with its card: what is graded."""

    kata: Kata
    question: Question
    card: Card
    due: datetime


def begin(kata: Kata, own: Card) -> None:
    """Cards for the questions of a kata that passed for the first time, due at once."""
    try:
        found = documents.questions(kata)
    except KataError:
        return  # a pass is a pass: `follow` makes the cards later, or says what is wrong
    _write(_changes(own, found, {}))


def due(katas: Sequence[Kata], learner: User | None = None) -> list[Asked]:
    """The questions of these katas that are due today, the longest waiting first."""
    end = cards.tomorrow()
    return [each for each in follow(katas, learner) if each.due < end]


def to_ask(kata: Kata | None, learner: User | None = None) -> list[Asked]:
    """All questions of one kata in its order, due or not; without one, those of all that are due."""
    if kata is None:
        return due(catalogue().katas, learner)
    return sorted(follow([kata], learner), key=lambda each: each.question.number)


@transaction.atomic
def answer(card: Card, rating: int, *, due: datetime, seconds: int | None = None) -> Review | None:
    """Grade a question that was asked when it was due at `due`; None where it was graded meanwhile.

    So an answer that is sent twice is one grade.
    """
    now = Card.objects.select_for_update().get(pk=card.pk)
    return cards.review(now, rating, seconds=seconds) if now.due == due else None


def follow(katas: Sequence[Kata], learner: User | None = None) -> list[Asked]:
    """Every question of those katas that passed, by due date: cards are as questions.md is now.

    A question that is new gets a card, one that moved keeps its own, one that went rests until it is
    back. One query to read, two at most to write.
    """
    known: dict[str, dict[str, Card]] = {}
    for card in cards.mine(learner).filter(kata__in=[kata.uuid for kata in katas]):
        known.setdefault(str(card.kata_id), {})[card.heading] = card
    found: list[tuple[Kata, Question, Card]] = []
    changed: list[Card] = []
    for kata in katas:
        mine = known.get(kata.uuid, {})
        own = mine.pop(KATA, None)
        if own and own.state:
            questions = documents.questions(kata)
            changed += _changes(own, questions, mine)
            found += [(kata, each, mine[each.key]) for each in questions]
    _write(changed)
    asked = [Asked(*each, due=each[2].due) for each in found if each[2].due]
    return sorted(asked, key=lambda each: (each.due, each.question.number))


def _changes(own: Card, found: Sequence[Question], known: dict[str, Card]) -> list[Card]:
    """Cards to make or to change, so that `known`, by heading, is what was found; it is kept so."""
    changed = []
    for question in found:
        card = known.get(question.key)
        if card is None:
            card = known[question.key] = Card(
                kata_id=own.kata_id, learner_id=own.learner_id, heading=question.key
            )
        due = card.due or (schedule.due(card.state) if card.state else timezone.now())
        if (card.question, card.due) != (question.number, due):
            card.question, card.due = question.number, due
            changed.append(card)
    here = {question.key for question in found}
    for heading, card in known.items():
        if heading not in here and card.due:
            card.due = None
            changed.append(card)
    return changed


def _write(changed: list[Card]) -> None:
    made = [card for card in changed if not card.pk]
    Card.objects.bulk_create(
        made,
        update_conflicts=True,  # another quiz may have made them meanwhile
        unique_fields=["learner", "kata", "heading"],
        update_fields=["question"],
    )
    Card.objects.bulk_update([card for card in changed if card not in made], ["question", "due"])
