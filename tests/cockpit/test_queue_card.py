"""The front page's part on the queue: a sentence on how it is, and what to type where it stands still."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from core.cockpit.queue_card import queue_card
from core.queue import presence
from tests.cockpit.test_pages import words
from tests.cockpit.test_running import PART, ask
from tests.queue.conftest import broker, server, use_broker

__all__ = ["ask", "broker", "server", "use_broker"]

START = "Start all parts of the workspace: scripts/serve, or docker compose up -d."


@pytest.fixture
def told(me):
    """What the part says."""

    def read() -> str:
        return words(me.get("/admin/queue/", **PART).content.decode())

    return read


@pytest.fixture
def alive(broker):
    """Leave signs of life of these parts."""

    def leave(*parts: str) -> None:
        for part in parts:
            presence.sign(part)

    return leave


def test_all_is_well(told, alive):
    alive("worker one", "worker two", "beat")
    assert told() == (
        "Queue ✓ well Runs from the browser are judged as they come. "
        "0 waiting · 0 running · 2 workers alive"
    )


def test_without_a_broker_it_says_how_to_have_one(told, settings):
    settings.REDIS_URL = ""
    found = told()
    assert "▲ not set up Runs from the browser need a broker, and none is set up here." in found
    assert START in found


def test_broker_that_does_not_answer(told, use_broker, tmp_path):
    use_broker(f"unix://{tmp_path}/nothing?db=0")
    found = told()
    assert "▲ stands still The broker does not answer. What waits is kept" in found
    assert START in found
    assert "manage.py health" in found


def test_nobody_is_there_to_judge(told, alive, ask):
    alive("beat")
    assert "▲ stands still No worker is alive: a run would wait." in told()
    ask(3)
    found = told()
    assert "No worker is alive: 3 runs will wait until one is there." in found
    assert START in found
    assert "3 waiting, the oldest for 0 s · 0 running · 0 workers alive" in found


def test_beat_is_gone(told, alive):
    alive("worker one")
    assert "▲ not well Runs are judged, but beat is not alive" in told()


def test_oldest_that_waits_long_wants_more_workers(told, alive, ask):
    alive("worker one", "beat")
    ask(2, queued_at=timezone.now() - timedelta(minutes=3))
    ask(status="running")
    found = told()
    assert "▲ slow The oldest of 2 runs waits long, and 1 worker is alive." in found
    assert "docker compose up -d --scale worker=4, or scripts/serve --runs 4." in found
    assert "2 waiting, the oldest for 3 min · 1 running · 1 worker alive" in found


def test_page_follows_what_is_new_alone(me, alive, ask):
    alive("worker one", "beat")
    before = queue_card()
    address = f"/admin/queue/?seen={before.seen}"
    assert me.get(address, **PART).status_code == 204
    ask()
    page = me.get(address, **PART)
    assert "1 waiting" in words(page.content.decode())
    assert f"seen={queue_card().seen}" in page.content.decode()


def test_only_who_may_look_at_runs_is_told(client, db):
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename="view_kata"))
    client.force_login(staff)
    assert "queue-heading" not in client.get("/admin/").content.decode()
    assert client.get("/admin/queue/").status_code == 403


def test_front_page_asks_for_it_and_never_waits_for_a_broker(
    client, use_broker, tmp_path, store, kata, django_assert_max_num_queries
):
    use_broker(f"unix://{tmp_path}/nothing?db=0")
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_kata", "view_run"]))
    client.force_login(staff)
    store(kata, whose=staff)
    with django_assert_max_num_queries(10):
        page = client.get("/admin/").content.decode()
    assert 'hx-get="/admin/queue/" hx-trigger="load"' in page
    assert "Queue manage.py health says how it is." in words(page)


def test_it_costs_one_query_of_its_own(me, alive, ask, django_assert_num_queries):
    alive("worker one", "beat")
    ask(20)
    with django_assert_num_queries(3):  # session, user
        assert "20 waiting" in words(me.get("/admin/queue/", **PART).content.decode())
