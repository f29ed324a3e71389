"""States of FSRS as JSON: the library decides, in days."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler

from core.practice import schedule

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(("rating", "days"), [(1, 1), (2, 1), (3, 2), (4, 8)])
def test_first_grade_is_followed_by_days(rating, days):
    state = schedule.reviewed(None, rating, AT)
    assert schedule.due(state) == AT + timedelta(days=days)
    assert schedule.graded_at(state) == AT


def test_state_goes_through_json_and_on_as_the_library_has_it():
    card, at, state = Card(card_id=0), AT, None
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    for rating in (3, 3, 1, 4, 2, 3):
        card, _ = scheduler.review_card(card, Rating(rating), at)
        state = json.loads(json.dumps(schedule.reviewed(state, rating, at)))
        assert state == card.to_dict()
        at = card.due


def test_replayed_grades_give_the_same_state_in_whatever_order_they_come():
    reviews = [(AT + timedelta(days=3 * n), 1 + n % 4) for n in range(9)]
    state = None
    for at, rating in reviews:
        state = schedule.reviewed(state, rating, at)
    assert schedule.replayed(reversed(reviews)) == state
    assert schedule.replayed([]) is None


def test_chance_is_in_the_interval_and_in_nothing_else(monkeypatch):
    monkeypatch.setattr(schedule, "FUZZING", True)
    states = [schedule.reviewed(None, 4, AT) for _ in range(60)]
    days = {(schedule.due(state) - AT).days for state in states}
    assert len(days) > 1
    assert all(6 <= each <= 11 for each in days)
    assert len({state["stability"] for state in states}) == 1


def test_clock_that_was_put_back_does_not_matter():
    state = schedule.reviewed(schedule.reviewed(None, 3, AT), 3, AT - timedelta(days=2))
    assert schedule.due(state) > AT - timedelta(days=2)


def test_never_graded():
    assert schedule.graded_at(None) is None
