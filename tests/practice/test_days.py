"""Days of practice in the learner's time zone, counted in one query a kind."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from core import models, runs
from core.models import Card, Review
from core.practice.days import MOST, Day, days
from tests.practice.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(kata):
    row, learner = runs.row(kata), runs.local_learner()

    def ran(*moments: str, whose=learner) -> None:
        for moment in moments:
            at = datetime.fromisoformat(moment)
            models.Run.objects.create(kata=row, learner=whose, status="passed", started_at=at)

    return ran


@pytest.fixture
def reviewed(kata):
    row, learner = runs.row(kata), runs.local_learner()

    def reviewed(*moments: str, whose=learner) -> None:
        card, _ = Card.objects.get_or_create(kata=row, learner=whose)
        for moment in moments:
            Review.objects.create(card=card, rating=3, at=datetime.fromisoformat(moment))

    return reviewed


def test_last_days_with_what_was_done_on_them(clock, ran, reviewed):
    ran(
        "2026-11-27T00:00Z", "2026-11-27T11:59Z", "2026-11-26T23:59:59.999999Z", "2026-11-24T23:59Z"
    )
    reviewed("2026-11-25T08:00Z", "2026-11-27T08:00Z")
    assert days(3) == (
        Day(date(2026, 11, 25), 0, 1),
        Day(date(2026, 11, 26), 1, 0),
        Day(date(2026, 11, 27), 2, 1),
    )


def test_days_begin_at_the_learners_midnight(clock, ran):
    ran("2026-11-26T18:14Z", "2026-11-26T18:15Z")
    with timezone.override("Asia/Kathmandu"):  # 5:45 ahead
        assert [day.runs for day in days(2)] == [1, 1]


def test_day_of_25_hours_and_one_of_23(clock, ran):
    with timezone.override("Europe/Paris"):
        clock.now = datetime(2026, 10, 26, 12, tzinfo=UTC)
        ran("2026-10-24T22:00Z", "2026-10-25T22:59Z", "2026-10-25T23:00Z")
        assert [day.runs for day in days(2)] == [2, 1]
        clock.now = datetime(2026, 3, 30, 12, tzinfo=UTC)
        ran("2026-03-28T23:00Z", "2026-03-29T21:59Z", "2026-03-29T22:00Z")
        assert [day.runs for day in days(2)] == [2, 1]


def test_others_and_runs_that_wait_are_not_counted(clock, ran, reviewed, kata):
    other = get_user_model().objects.create(username="somebody")
    ran("2026-11-27T08:00Z", whose=other)
    reviewed("2026-11-27T08:00Z", whose=other)
    models.Run.objects.create(
        kata=runs.row(kata), learner=runs.local_learner(), status="queued", queued_at=NOW
    )
    assert days(1) == (Day(NOW.date(), 0, 0),)
    assert days(1, learner=other) == (Day(NOW.date(), 1, 1),)


def test_twelve_weeks_if_not_told_and_a_thousand_days_at_most(clock, ran):
    ran("2024-03-04T08:00Z")
    assert len(days()) == 84
    found = days(5000)
    assert (len(found), found[-1].date, sum(day.runs for day in found)) == (MOST, NOW.date(), 1)


def test_queries_and_rows_do_not_grow(clock, ran, django_assert_num_queries):
    ran(*((NOW - timedelta(hours=n)).isoformat() for n in range(200)))
    with django_assert_num_queries(3) as asked:  # the learner, runs, reviews
        assert sum(day.runs for day in days()) == 200
    assert "SCAN" not in plan(asked[1]["sql"])


def plan(sql: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row) for row in cursor.fetchall() if "CONSTANT" not in str(row))
