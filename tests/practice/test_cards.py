"""What is due and when, by the learner's day; and a grade on the card as it is now."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from core import runs
from core.models import Card, Review
from core.practice import cards
from core.practice.cards import Due
from tests.practice.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(kata):
    def make(question: int = 0, learner=None, **values) -> Card:
        heading = f"hash {question}" if question else ""
        learner = learner or runs.local_learner()
        row = runs.row(kata)
        return Card.objects.create(
            kata=row, learner=learner, heading=heading, question=question, **values
        )

    return make


def test_due_until_the_end_of_today_the_longest_waiting_first(kata, clock, make):
    late = NOW.replace(hour=23, minute=59)
    make(1, due=late)
    make(2, due=NOW - timedelta(days=2))
    make(3, due=late + timedelta(minutes=1))
    make(0, due=NOW, state={})
    assert [each.question for each in cards.due()] == [2, 0, 1]
    assert cards.due()[0] == Due(kata.uuid, 2, NOW - timedelta(days=2))
    assert cards.coming() == late + timedelta(minutes=1)


def test_day_ends_where_the_learner_is(clock, make):
    make(due=datetime(2026, 11, 27, 22, 30, tzinfo=UTC))
    with timezone.override("Asia/Kathmandu"):  # 17:45 there; their day ends at 18:15 UTC
        assert (len(cards.due()), cards.coming() is None) == (0, False)
    with timezone.override("America/New_York"):
        assert (len(cards.due()), cards.coming()) == (1, None)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-10-25T00:30+00:00", "2026-10-25T23:00+00:00"),  # the clocks go back: 25 hours
        ("2026-03-29T00:30+00:00", "2026-03-29T22:00+00:00"),  # and forth: 23
    ],
)
def test_day_on_which_the_clocks_change(clock, now, end):
    clock.now = datetime.fromisoformat(now)
    with timezone.override("Europe/Paris"):
        assert cards.tomorrow() == datetime.fromisoformat(end)


def test_open_repeat_is_shown_whenever_it_is_due(kata, clock, make):
    later = NOW + timedelta(days=9)
    make(due=later, state={"some": "state"}, opened_at=NOW)
    assert cards.due() == (Due(kata.uuid, 0, later, repeated=True),)


def test_first_pass_that_is_still_to_come_is_not_due(clock, make):
    make(opened_at=NOW, tries=3)
    assert (cards.due(), cards.coming()) == ((), None)


def test_cards_are_ones_own(kata, clock, make):
    other = get_user_model().objects.create(username="somebody")
    make(learner=other, due=NOW)
    make(1, learner=other, due=NOW)
    assert (cards.due(), cards.coming(), cards.of_kata(kata)) == ((), None, None)
    assert cards.questions_due(kata) == 0
    assert (len(cards.due(other)), cards.questions_due(kata, other)) == (2, 1)


def test_review_grades_the_card_as_it_is_now(clock, make):
    card = make(due=NOW)
    stale = Card.objects.get()
    cards.review(card, Review.Rating.EASY)
    clock.forward(days=8)
    review = cards.review(stale, Review.Rating.GOOD, seconds=12)
    assert (review.seconds, stale.due) == (12, NOW + timedelta(days=8 + 39))
    assert [each.rating for each in Review.objects.order_by("at")] == [4, 3]


def test_marked_kata_is_due_now_until_the_mark_is_taken_back(kata, clock, make):
    card = make(due=NOW)
    cards.review(card, Review.Rating.EASY)
    later = card.due
    assert cards.mark([kata.uuid]) == 1
    assert cards.due() == (Due(kata.uuid, 0, NOW),)
    clock.forward(hours=1)
    assert cards.mark([kata.uuid]) == 0  # it waits since it was marked first
    assert cards.due()[0].at == NOW
    assert cards.unmark([kata.uuid]) == 1
    assert (cards.due(), cards.coming(), cards.unmark([kata.uuid])) == ((), later, 0)


def test_marked_kata_that_never_passed_is_planned_first_of_all(kata, clock, make):
    make(2, due=NOW - timedelta(days=2), state=None)
    assert cards.mark([kata.uuid]) == 1
    assert [(each.question, each.planned) for each in cards.due()] == [(0, True), (2, False)]
    assert Review.objects.count() == 0
    card = Card.objects.get(heading="")
    assert (card.state, card.opened_at, card.repeated) == (None, NOW, False)
    cards.unmark([kata.uuid])
    assert [each.question for each in cards.due()] == [2]


def test_mark_keeps_the_tries_of_a_first_pass_to_come(kata, clock, make):
    make(opened_at=NOW - timedelta(days=1), tries=3)
    cards.mark([kata.uuid])
    card = Card.objects.get()
    assert (card.tries, card.opened_at) == (3, NOW - timedelta(days=1))


def test_mark_is_ones_own(kata, clock, make):
    other = get_user_model().objects.create(username="somebody")
    make(learner=other)
    cards.mark([kata.uuid])
    assert cards.due(other) == ()
    cards.mark([kata.uuid], other)
    cards.unmark([kata.uuid])
    assert (len(cards.due()), len(cards.due(other))) == (0, 1)


def test_waiting_sums_up_what_is_due_and_coming(kata, clock, make):
    other = get_user_model().objects.create(username="somebody")
    make(0, due=NOW + timedelta(days=9), state={}, opened_at=NOW)
    for number, days in ((1, -1), (2, 0), (3, 4)):
        make(number, due=NOW + timedelta(days=days))
    make(4)  # its question went
    make(0, learner=other, due=NOW, opened_at=NOW)
    found = cards.waiting()
    assert found.katas == tuple(each for each in cards.due() if not each.question)
    assert found.katas == (Due(kata.uuid, 0, NOW + timedelta(days=9), repeated=True),)
    assert (found.questions, found.coming) == ({kata.uuid: 2}, cards.coming())
    assert cards.waiting(other) == cards.Waiting(cards.due(other), {}, None)
    assert cards.waiting(other).katas[0].planned


def test_outlook_is_what_each_grade_would_bring(clock, make):
    card = make(due=NOW)
    said = cards.outlook(card)
    assert list(said) == list(Review.Rating)
    assert said[Review.Rating.GOOD] < said[Review.Rating.EASY]
    cards.review(card, Review.Rating.GOOD)
    assert card.due == said[Review.Rating.GOOD]


@pytest.mark.parametrize("call", [cards.due, cards.coming, cards.waiting])
def test_one_query_however_many_there_are(clock, make, call, django_assert_num_queries):
    for number in range(20):
        make(number, due=NOW + timedelta(days=number % 3))
    with django_assert_num_queries(1):
        call()
