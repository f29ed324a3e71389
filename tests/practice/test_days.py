"""Days of practice in the learner's time zone: kept as things are done, and summed up anew."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils import timezone

from core import models, runs, standings
from core.models import Card, Review
from core.practice import cards
from core.practice.days import Day, days
from core.verdict import INFRASTRUCTURE, Problem, Status, Verdict
from tests.practice.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def other():
    return get_user_model().objects.create(username="somebody")


@pytest.fixture
def ran(kata):
    """Conclude runs that started at these moments."""
    row, learner = runs.row(kata), runs.local_learner()

    def ran(*moments: str, whose=learner, status="passed", source="exercise", kind="") -> None:
        problem = Problem(kind, "it broke") if kind else None
        verdict = Verdict(
            kata.slug, kata.uuid, source, "", Status(status), 7, (), (), problem=problem
        )
        for moment in moments:
            at = datetime.fromisoformat(moment)
            run = models.Run(kata=row, learner=whose, source=source, started_at=at)
            runs.conclude(run, verdict, None)

    return ran


@pytest.fixture
def reviewed(kata, clock):
    """Grade a card at these moments."""
    row, learner = runs.row(kata), runs.local_learner()

    def reviewed(*moments: str, whose=learner) -> None:
        card, _ = Card.objects.get_or_create(kata=row, learner=whose)
        for moment in moments:
            clock.now = datetime.fromisoformat(moment)
            cards.review(card, Review.Rating.GOOD)
        clock.now = NOW

    return reviewed


def test_last_days_with_what_was_done_on_them(ran, reviewed):
    ran("2026-11-27T00:00Z", "2026-11-26T23:59:59.999999Z", "2026-11-24T23:59Z")
    ran("2026-11-27T11:59Z", status="failed")
    reviewed("2026-11-25T08:00Z", "2026-11-27T08:00Z")
    assert days(3) == (
        Day(date(2026, 11, 25), reviews=1),
        Day(date(2026, 11, 26), runs=1, passes=1),
        Day(date(2026, 11, 27), runs=2, passes=1, reviews=1),
    )
    assert days(1, until=date(2026, 11, 25)) == (Day(date(2026, 11, 25), reviews=1),)


def test_days_begin_at_the_learners_midnight(clock, ran):
    with timezone.override("Asia/Kathmandu"):  # 5:45 ahead
        ran("2026-11-26T18:14Z", "2026-11-26T18:15Z")
        assert [day.runs for day in days(2)] == [1, 1]


def test_day_of_25_hours_and_one_of_23(clock, ran):
    with timezone.override("Europe/Paris"):
        clock.now = datetime(2026, 10, 26, 12, tzinfo=UTC)
        ran("2026-10-24T22:00Z", "2026-10-25T22:59Z", "2026-10-25T23:00Z")
        assert [day.runs for day in days(2)] == [2, 1]
        clock.now = datetime(2026, 3, 30, 12, tzinfo=UTC)
        ran("2026-03-28T23:00Z", "2026-03-29T21:59Z", "2026-03-29T22:00Z")
        assert [day.runs for day in days(2)] == [2, 1]


def test_others_and_what_is_no_attempt_are_not_counted(clock, ran, reviewed, kata, other):
    ran("2026-11-27T08:00Z", whose=other)
    reviewed("2026-11-27T08:00Z", whose=other)
    ran("2026-11-27T08:00Z", source="solution")
    ran("2026-11-27T08:00Z", status="error", kind=INFRASTRUCTURE)
    models.Run.objects.create(
        kata=runs.row(kata), learner=runs.local_learner(), status="queued", queued_at=NOW
    )
    assert days(1) == (Day(NOW.date()),)
    assert days(1, learner=other) == (Day(NOW.date(), 1, 1, 1),)


def test_summed_up_anew_days_and_standings_are_as_they_were_kept(clock, ran, reviewed, kata, other):
    ran("2026-11-27T08:00Z", "2026-11-26T08:00Z", status="failed")
    ran("2026-11-26T09:00Z")
    ran("2026-11-26T10:00Z", status="error", kind="SyntaxError")
    ran("2026-11-27T10:00Z", status="error", kind=INFRASTRUCTURE)
    ran("2026-11-25T08:00Z", source="stub")
    ran("2026-11-27T09:00Z", whose=other)
    reviewed("2026-11-20T08:00Z", "2026-11-26T08:00Z")
    kept = stored()
    assert kept["standings"][0]["runs"] == 4
    for learner in (runs.local_learner(), other):
        standings.restand(learner, [kata.uuid])
        standings.recount_days(learner)
    assert stored() == kept


def stored() -> dict[str, list[dict]]:
    found = {
        "standings": list(models.Standing.objects.order_by("kata", "learner").values()),
        "days": list(models.Day.objects.order_by("learner", "date").values()),
    }
    for row in (*found["standings"], *found["days"]):
        del row["id"]
        # The last run that was stored, which here is not the last that was started.
        row.pop("last_id", None), row.pop("status", None), row.pop("last_at", None)
    return found


def test_grades_from_before_days_counted_them_are_counted(ran, reviewed):
    ran("2026-11-26T08:00Z")
    reviewed("2026-11-20T08:00Z", "2026-11-26T08:00Z", "2026-11-26T09:00Z")
    kept = days(8)
    models.Day.objects.filter(runs=0).delete()
    models.Day.objects.update(reviews=0)
    import_module("core.migrations.0012_reading_order_and_reviews_of_days").count(apps, None)
    assert days(8) == kept
    assert sum(day.reviews for day in kept) == 3


def test_twelve_weeks_if_not_told_and_one_query(clock, ran, django_assert_num_queries):
    ran(*((NOW - timedelta(hours=n)).isoformat() for n in range(50)))
    with django_assert_num_queries(1):
        found = days()
    assert (len(found), sum(day.runs for day in found)) == (84, 50)
