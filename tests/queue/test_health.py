"""How the workspace is, for machines and for the cockpit's footer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.queue import presence
from core.queue.health import Health, health
from tests.queue.test_leases import make

pytestmark = pytest.mark.django_db


def test_without_a_broker_no_run_would_be_judged(client, settings):
    settings.REDIS_URL = ""
    assert health() == Health(database=True)
    response = client.get("/health/")
    assert (response.status_code, response.json()) == (
        503,
        {
            "ok": False,
            "database": True,
            "broker": False,
            "workers": 0,
            "beat": False,
            "queued": 0,
            "running": 0,
            "oldest": None,
        },
    )


def test_all_parts_are_there(client, broker):
    for part in ("worker one", "worker two", "beat"):
        presence.sign(part)
    found = health()
    assert (found.ok, found.workers, found.beat) == (True, 2, True)
    response = client.get("/health/")
    assert (response.status_code, response.json()["ok"]) == (200, True)
    assert "no-store" in response["Cache-Control"]


def test_parts_that_fell_silent_are_gone(broker):
    presence.sign("worker one")
    presence.sign("worker two")
    presence.gone("worker two")
    broker.zadd(presence.KEY, {"worker one": 1, "beat": 1})
    found = health()
    assert (found.ok, found.broker, found.workers, found.beat) == (False, True, 0, False)


def test_queue_is_as_deep_as_it_is_and_as_old_as_its_oldest(broker, learner):
    minute = timezone.now() - timedelta(minutes=1)
    make(learner, queued_at=minute)
    make(learner)
    make(learner, status="running", queued_at=minute - timedelta(minutes=1))
    make(learner, status="passed", queued_at=minute - timedelta(minutes=1))
    found = health()
    assert (found.queued, found.running) == (2, 1)
    assert 60 <= found.oldest < 61


def test_broker_that_does_not_answer_is_said(use_broker, tmp_path, caplog):
    use_broker(f"unix://{tmp_path}/nothing?db=0")
    assert (health().broker, health().database) == (False, True)
    assert "The broker does not answer" in caplog.text


def test_it_costs_one_query(broker, learner, django_assert_num_queries):
    make(learner)
    with django_assert_num_queries(1):
        health()
