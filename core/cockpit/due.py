"""What is to be practised, as pages show it: katas and questions that are due, the path, a kata's card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from core import paths
from core.catalogue import Catalogue
from core.errors import KataError
from core.kata import Kata
from core.models import Card
from core.paths import KataPath
from core.practice import cards, following
from core.runs import Progress

SHOWN = 5  # katas; all of them would push the rest off the page


@dataclass(frozen=True)
class DueKata:
    """A kata to repeat; one that is `planned` never passed, one that is `repeated` is open already."""

    kata: Kata
    planned: bool
    repeated: bool


@dataclass(frozen=True)
class DuePractice:
    katas: tuple[DueKata, ...]
    more: int  # katas that are due beside these
    questions: int
    coming: datetime | None  # when the next card is due after today


@dataclass(frozen=True)
class Step:
    """A kata of a path."""

    kata: Kata
    passed: bool


@dataclass(frozen=True)
class Along:
    """The path that is followed, and all that there are; `problem` where one does not read."""

    path: KataPath | None
    steps: tuple[Step, ...]
    paths: tuple[KataPath, ...]
    problem: KataError | None = None

    @property
    def passed(self) -> int:
        return sum(step.passed for step in self.steps)

    @property
    def todo(self) -> Kata | None:
        return next((step.kata for step in self.steps if not step.passed), None)


@dataclass(frozen=True)
class CardNote:
    """How a kata's card stands: `state` is planned, open, due, later, or "" without one."""

    state: str = ""
    at: datetime | None = None
    tries: int = 0


def due_practice(found: Catalogue, learner: User) -> DuePractice:
    """One query."""
    known = {kata.uuid: kata for kata in found.katas}
    waiting = cards.waiting(learner)
    katas = [
        DueKata(known[each.kata], each.planned, each.repeated)
        for each in waiting.katas
        if each.kata in known
    ]
    return DuePractice(
        tuple(katas[:SHOWN]),
        max(len(katas) - SHOWN, 0),
        sum(number for kata, number in waiting.questions.items() if kata in known),
        waiting.coming,
    )


def along(found: Catalogue, progress: Mapping[str, Progress], learner: User) -> Along:
    """One query."""
    path = following.followed(learner)
    steps = tuple(
        Step(kata, progress.get(kata.uuid, Progress()).passed)
        for kata in (path.of(found) if path else ())
    )
    try:
        return Along(path, steps, tuple(paths.paths().values()))
    except KataError as error:
        return Along(path, steps, (), error)


def note(card: Card | None) -> CardNote:
    if card is None or card.due is None:
        return CardNote()
    if card.planned:
        return CardNote("planned", card.due, card.tries)
    if card.repeated:
        return CardNote("open", card.due, card.tries)
    return CardNote("due" if card.due < cards.tomorrow() else "later", card.due)
