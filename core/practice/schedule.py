"""When something comes again: FSRS, by its library. States are JSON, as cards keep them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

from fsrs import Card, Rating, Scheduler
from fsrs.card import CardDict

State = dict[str, Any]

FUZZING = True  # a little chance in each interval, so that one day's cards do not stay together


def reviewed(
    state: State | None, rating: int, at: datetime, *, fuzzing: bool | None = None
) -> State:
    """The state after one more grade; None is that of what was never graded."""
    chance = FUZZING if fuzzing is None else fuzzing
    return _reviewed(_scheduler(fuzzing=chance), state, rating, at)


def replayed(reviews: Iterable[tuple[datetime, int]]) -> State | None:
    """The state after all of these grades, without chance; None where there are none."""
    state = None
    scheduler = _scheduler(fuzzing=False)
    for at, rating in sorted(reviews):
        state = _reviewed(scheduler, state, rating, at)
    return state


def due(state: State) -> datetime:
    return datetime.fromisoformat(state["due"])


def graded_at(state: State | None) -> datetime | None:
    """When it was graded last."""
    last = state and state["last_review"]
    return datetime.fromisoformat(last) if last else None


def _reviewed(scheduler: Scheduler, state: State | None, rating: int, at: datetime) -> State:
    card = Card.from_dict(cast("CardDict", state)) if state else Card(card_id=0)
    after, _ = scheduler.review_card(card, Rating(rating), at.astimezone(UTC))
    return dict(after.to_dict())


def _scheduler(*, fuzzing: bool) -> Scheduler:
    """Without the library's steps of minutes: a kata is not repeated on the day of its grade."""
    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=fuzzing)
