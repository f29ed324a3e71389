"""One question at a time: those that are due, or all of one kata."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.safestring import SafeString

from core.cockpit import prose
from core.kata import Kata
from core.models import Card
from core.practice import cards, questions


@dataclass(frozen=True)
class Grade:
    """What one may say of how well one knew it, and about when the question comes again then."""

    rating: int
    word: str
    at: datetime


@dataclass(frozen=True)
class Asked:
    """Question `number` of `total`; `shown` is when, in seconds since 1970."""

    number: int
    total: int
    kata: Kata
    card: Card
    due: str
    heading: SafeString
    answer: SafeString
    grades: tuple[Grade, ...]
    shown: int


@dataclass(frozen=True)
class QuestionPage:
    """`kata` where all of one kata are asked; `coming` where nothing is left to ask."""

    kata: Kata | None
    done: int
    asked: Asked | None
    coming: datetime | None = None


def question_page(kata: Kata | None, done: int, learner: User) -> QuestionPage:
    """The question after `done` others.

    What was answered is due no more, so the next that is due comes first; of one kata it is the next
    in its order.
    """
    found = questions.to_ask(kata, learner)
    left = found[done:] if kata else found
    if not left:
        return QuestionPage(kata, done, None, cards.coming(learner))
    first = left[0]
    card = first.card
    asked = Asked(
        done + 1,
        done + len(left),
        first.kata,
        card,
        first.due.isoformat(),
        prose.inline(first.question.heading),
        prose.to_html(first.question.answer, below=2),
        tuple(
            Grade(rating.value, str(rating.label), at) for rating, at in cards.outlook(card).items()
        ),
        int(timezone.now().timestamp()),
    )
    return QuestionPage(kata, done, asked)
