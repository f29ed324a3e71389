"""The questions of katas as cards: made with a kata's first pass, kept in step with questions.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
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
    """A question to ask, and the number of its card: what is graded."""

    kata: Kata
    question: Question
    number: int
    due: datetime

    @property
    def card(self) -> Card:
        """As it is now. One query."""
        return Card.objects.get(pk=self.number)


class Known(NamedTuple):
    """What is asked of a card here: of thousands, rows with their states would take long to read."""

    number: int
    question: int
    due: datetime | None


def begin(kata: Kata, own: Card) -> None:
    """Cards for the questions of a kata that passed for the first time, due at once."""
    try:
        found = documents.questions(kata)
    except KataError:
        return  # a pass is a pass: `follow` makes the cards later, or says what is wrong
    _make([_new(kata, own.learner_id, question) for question in found])


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
    back. One query; where cards change, a few to write them and one to read again.
    """
    passed, known = _known(katas, learner)
    found = [(kata, documents.questions(kata)) for kata in katas if kata.uuid in passed]
    made: list[Card] = []
    moved: dict[int, int] = {}  # number of a card → place of its question
    gone: list[int] = []
    for kata, questions in found:
        here = known.setdefault(kata.uuid, {})
        asked = {question.key: question for question in questions}
        for key, question in asked.items():
            card = here.get(key)
            if card is None:
                made.append(_new(kata, passed[kata.uuid], question))
            elif card.due is None or card.question != question.number:
                moved[card.number] = question.number
        gone += [card.number for key, card in here.items() if key not in asked and card.due]
    if made or moved or gone:
        _make(made)
        _move(moved)
        Card.objects.filter(pk__in=gone).update(due=None)
        passed, known = _known(katas, learner)
    asking = [
        Asked(kata, question, known[kata.uuid][question.key].number, due)
        for kata, questions in found
        for question in questions
        if (due := known[kata.uuid][question.key].due)
    ]
    return sorted(asking, key=lambda each: (each.due, each.question.number))


def _known(
    katas: Sequence[Kata], learner: User | None
) -> tuple[dict[str, int], dict[str, dict[str, Known]]]:
    """By uuid: the learner, of katas that were graded; and the cards of questions by their headings."""
    passed: dict[str, int] = {}
    known: dict[str, dict[str, Known]] = {}
    mine = cards.mine(learner).filter(kata__in=[kata.uuid for kata in katas])
    columns = mine.annotate(graded=Q(state__isnull=False)).values_list(
        "kata", "learner", "heading", "graded", "pk", "question", "due"
    )
    for kata, whose, heading, graded, number, question, due in columns:
        if heading != KATA:
            known.setdefault(str(kata), {})[heading] = Known(number, question, due)
        elif graded:
            passed[str(kata)] = whose
    return passed, known


def _new(kata: Kata, learner: int, question: Question) -> Card:
    return Card(
        kata_id=kata.uuid,
        learner_id=learner,
        heading=question.key,
        question=question.number,
        due=timezone.now(),
    )


def _make(made: list[Card]) -> None:
    Card.objects.bulk_create(
        made,
        update_conflicts=True,  # another quiz may have made them meanwhile
        unique_fields=["learner", "kata", "heading"],
        update_fields=["question"],
    )


def _move(moved: dict[int, int]) -> None:
    """Give cards the places of their questions; one that rested is due when its grades say."""
    found = list(Card.objects.filter(pk__in=moved))
    for card in found:
        card.question = moved[card.pk]
        if card.due is None:
            card.due = schedule.due(card.state) if card.state else timezone.now()
    Card.objects.bulk_update(found, ["question", "due"])
