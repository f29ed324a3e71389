"""Katas run from their pages, and batches: what is asked for, told and cancelled, and what it costs."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import queue, runs
from core.cockpit.templatetags.cockpit import typed
from core.models import Batch, Run
from core.queue import presence
from core.queue.progress import Recorder
from tests.cockpit.test_pages import words
from tests.queue.conftest import broker, sent, server, use_broker

__all__ = ["broker", "sent", "server", "use_broker"]

PART = {"headers": {"HX-Request": "true"}}
NOBODY = "Nobody is there to judge it. Start all parts of the workspace: scripts/serve"
NO_WORKERS = (
    "Runs from the browser need workers, and none are set up here. "
    "Start all parts of the workspace at once: scripts/serve."
)


def text(response) -> str:
    assert response.status_code == 200
    return words(response.content.decode())


@pytest.fixture
def worker(broker):
    """One leaves its signs of life."""
    presence.sign("worker one")


@pytest.fixture
def ask(learner, kata):
    """Ask for so many runs of the kata, in a batch; the first of them."""

    def make(count=1, *, whose=None, **values) -> Run:
        row, now = runs.row(kata), timezone.now()
        batch = Batch.objects.create(learner=whose or learner)
        mine = {"source": "exercise", "queued_at": now, "lease_until": now, "status": "queued"}
        made = Run.objects.bulk_create(
            Run(kata=row, learner=batch.learner, batch=batch, **mine | values) for _ in range(count)
        )
        return made[0]

    return make


@pytest.fixture
def other(db):
    return get_user_model().objects.create_superuser("other")


def tell(run: Run, *frames: dict) -> None:
    """Have the cache hold what the worker of the run tells of it."""
    record = Recorder(run, ("none",), None)
    for frame in frames:
        record(frame)


COLLECTED = {"frame": "collected", "cases": ["One::test_a", "One::test_b_1_ten"]}
STARTED = {"frame": "started", "id": "One::test_a"}
FAILED = {"frame": "case", "id": "One::test_a", "failure": {"kind": "x"}, "skipped": None}


class TestRun:
    def test_leads_to_the_page_of_a_new_run(self, me, kata, broker, sent, learner):
        response = me.post(f"/admin/katas/{kata.slug}/run/")
        run = Run.objects.get()
        assert response.url == f"/admin/runs/{run.pk}/"
        assert (run.status, run.source, run.learner) == ("queued", "exercise", learner)
        assert (str(run.kata_id), run.batch.learner) == (kata.uuid, learner)

    def test_message_is_sent(self, me, kata, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            me.post(f"/admin/katas/{kata.slug}/run/")
        assert sent() == 1

    def test_second_click_follows_the_open_run(self, me, kata, broker, other, ask):
        ask(whose=other)
        ask(status="passed")
        ask(source="solution")
        urls = {me.post(f"/admin/katas/{kata.slug}/run/").url for _ in range(2)}
        assert urls == {f"/admin/runs/{Run.objects.latest('pk').pk}/"}
        assert Run.objects.count() == 4

    def test_part_tells_the_place_in_the_queue(self, me, kata, worker, other, ask):
        path = f"/admin/katas/{kata.slug}/run/"
        assert text(me.post(path, **PART)).startswith("… queued next in the queue Cancel")
        queue.cancel(Run.objects.get())
        ask(2, whose=other)
        ask(status="running")
        ask(status="passed")
        assert text(me.post(path, **PART)).startswith("▸ running starting")
        queue.cancel(Run.objects.get(status="running"))
        assert text(me.post(path, **PART)).startswith("… queued 2 runs before it Cancel")
        page = me.get(f"/admin/katas/{kata.slug}/").content.decode()
        assert "… queued 2 runs before it" in words(page)
        assert 'hx-trigger="load delay:150ms, every 500ms"' in page

    def test_error_no_worker_is_alive(self, me, kata, broker):
        found = text(me.post(f"/admin/katas/{kata.slug}/run/", **PART))
        assert found.startswith(f"… queued next in the queue {NOBODY}")
        presence.sign("worker one")
        assert NOBODY not in text(me.get(f"/admin/katas/{kata.slug}/"))

    def test_error_no_workers_are_set_up(self, me, kata, settings):
        settings.REDIS_URL = ""
        response = me.post(f"/admin/katas/{kata.slug}/run/")
        assert response.status_code == 409
        assert NO_WORKERS in words(response.content.decode())
        part = me.post(f"/admin/katas/{kata.slug}/run/", **PART)
        assert text(part) == NO_WORKERS
        assert b"hx-get" not in part.content
        assert not Run.objects.exists()

    def test_error_unknown_kata(self, me, broker, db):
        assert me.post("/admin/katas/nothing/run/").status_code == 404

    def test_csrf_token_is_needed(self, learner, kata, broker):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(learner)
        assert client.post(f"/admin/katas/{kata.slug}/run/").status_code == 403
        assert not Run.objects.exists()


class TestFollow:
    def seen(self, response) -> str:
        return re.search(r'hx-get="([^"]+)"', response.content.decode())[1]

    def test_nothing_comes_while_nothing_is_new(self, me, ask, worker):
        run = ask()
        response = me.get(f"/admin/runs/{run.pk}/live/")
        assert text(response) == "… queued next in the queue"
        again = self.seen(response)
        assert me.get(again).status_code == 204
        queue.claim(run.pk)
        response = me.get(again)
        assert text(response) == "▸ running starting"
        assert me.get(self.seen(response)).status_code == 204

    def test_cases_come_one_by_one(self, me, ask, broker):
        run = queue.claim(ask().pk)
        tell(run, COLLECTED, STARTED)
        response = me.get(f"/admin/runs/{run.pk}/live/")
        assert text(response) == "▸ running 0 of 2 cases ▸ running a"
        tell(run, COLLECTED, STARTED, FAILED)
        response = me.get(self.seen(response))
        assert text(response) == "▸ running 1 of 2 cases ✗ failed a"
        assert '<progress aria-label="Cases of run' in response.content.decode()
        assert 'max="2" value="1"' in response.content.decode()

    @pytest.mark.parametrize("status", ["passed", "error", "cancelled"])
    def test_page_is_told_that_it_is_over(self, me, ask, broker, status):
        run = ask(status=status)
        response = me.get(f"/admin/runs/{run.pk}/live/")
        assert (response.status_code, response.content) == (204, b"")
        assert response["HX-Trigger"] == "run-over"

    def test_what_a_case_is_called_is_text(self, me, ask, broker):
        run = queue.claim(ask().pk)
        tell(run, {"frame": "started", "id": "One::test_<script>alert(1)</script>"})
        page = me.get(f"/admin/runs/{run.pk}/live/").content.decode()
        assert "&lt;script&gt;alert(1)" in page

    def test_costs_four_queries_and_one_trip(self, me, ask, worker, trips):
        ask(20)
        run = ask()
        costs = []
        for _ in range(2):  # queued, then running
            trips.clear()
            with CaptureQueriesContext(connection) as captured:
                me.get(f"/admin/runs/{run.pk}/live/")
            costs.append((len(captured), trips()))
            run = queue.claim(run.pk)
        assert costs == [(4, 1), (3, 1)]  # session, user, run; how many are before it


@pytest.mark.parametrize("path", ["katas/joined/", "runs/{run}/"])
def test_page_with_an_open_run_costs_ten_queries_at_most(
    client, store, kata, ask, worker, django_assert_max_num_queries, path
):
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_kata", "view_run"]))
    client.force_login(staff)
    store(kata, whose=staff)
    run = ask(20, whose=staff)
    with django_assert_max_num_queries(10):
        page = client.get(f"/admin/{path.format(run=run.pk)}")
    assert "queued" in text(page)


class Trips:
    """How often keys were read, as the server itself counts."""

    READS = ("cmdstat_get", "cmdstat_mget", "cmdstat_zrange", "cmdstat_llen")

    def __init__(self, client) -> None:
        self.client = client

    def clear(self) -> None:
        self.client.config_resetstat()

    def __call__(self) -> int:
        found = self.client.info("commandstats")
        return sum(found[name]["calls"] for name in self.READS if name in found)


@pytest.fixture
def trips(broker):
    return Trips(broker)


class TestCancel:
    def test_part_says_so_and_asks_no_more(self, me, ask, broker):
        run = ask()
        response = me.post(f"/admin/runs/{run.pk}/cancel/", **PART)
        assert text(response) == f"⊘ cancelled run {run.pk}"
        assert b"hx-get" not in response.content
        run.refresh_from_db()
        assert run.status == "cancelled"

    def test_verdict_that_came_first_is_shown(self, me, store, kata):
        run = store(kata)
        response = me.post(f"/admin/runs/{run.pk}/cancel/", **PART)
        assert (response.status_code, response["HX-Trigger"]) == (204, "run-over")
        run.refresh_from_db()
        assert run.status == "failed"

    def test_without_scripts_it_leads_to_the_run(self, me, ask, broker):
        run = ask()
        response = me.post(f"/admin/runs/{run.pk}/cancel/")
        assert response.url == f"/admin/runs/{run.pk}/"
        found = text(me.get(response.url))
        assert "⊘ cancelled" in found
        assert "Verdict There is none." in found


class TestBatch:
    def test_shows_each_run_and_the_whole(self, me, ask, worker, store, kata):
        first = ask(3)
        running = queue.claim(first.pk)
        tell(running, COLLECTED, STARTED, FAILED)
        done = store(kata, "failed")
        Run.objects.filter(pk=done.pk).update(batch=first.batch)
        page = me.get(f"/admin/runs/batch/{first.batch_id}/").content.decode()
        found = words(page)
        assert f"Batch {first.batch_id} 1 of 4 done … queued 2 ▸ running 1 ✗ failed 1" in found
        assert f"joined {first.pk} ▸ running 1 of 2" in found
        assert f"joined {done.pk} ✗ failed 1 of 4 41 / 1 ▲ over budget 1.5 s" in found
        assert 'max="4" value="1"' in page

    def test_nothing_comes_while_nothing_is_new_and_polling_ends(self, me, ask, worker):
        run = ask(2)
        path = f"/admin/runs/batch/{run.batch_id}/"
        page = me.get(path).content.decode()
        again = re.search(r'hx-get="([^"]+)" hx-trigger="every 1s"', page)[1]
        assert me.get(again, **PART).status_code == 204
        queue.claim(run.pk)
        part = me.get(again, **PART)
        assert text(part).startswith("0 of 2 done … queued 1 ▸ running 1")
        assert b"Cancel all" not in part.content  # it stays where it is, with its focus
        queue.cancel(run.batch)
        part = me.get(again, **PART)
        assert text(part).startswith("2 of 2 done ⊘ cancelled 2 Katas")
        assert b"hx-trigger" not in part.content

    def test_cancel_all(self, me, ask, broker):
        run = ask(3)
        path = f"/admin/runs/batch/{run.batch_id}/cancel/"
        assert me.post(path).url == f"/admin/runs/batch/{run.batch_id}/"
        assert set(Run.objects.values_list("status", flat=True)) == {"cancelled"}
        assert "Every run of it was over." in text(me.post(path, follow=True))
        assert text(me.post(path, **PART)).startswith("3 of 3 done ⊘ cancelled 3")

    def test_error_no_worker_is_alive(self, me, ask, broker):
        run = ask(2)
        path = f"/admin/runs/batch/{run.batch_id}/"
        them = NOBODY.replace("judge it", "judge them")
        assert f"0 of 2 done … queued 2 {them}" in text(me.get(path))
        presence.sign("worker one")
        assert them not in text(me.get(path))

    @pytest.mark.parametrize("running", [False, True])
    def test_costs_the_same_whatever_the_size(self, me, ask, worker, trips, running):
        costs = set()
        for size in (1, 300):
            run = ask(size)
            if running:
                run.batch.runs.update(status="running", attempt=1)
            trips.clear()
            with CaptureQueriesContext(connection) as captured:
                assert me.get(f"/admin/runs/batch/{run.batch_id}/").status_code == 200
            costs.add((len(captured), trips()))
        assert costs == {(4, 1)}  # session, user, batch, runs

    def test_selected_katas_are_one(self, me, make_kata, kata, broker, sent):
        apart = make_kata("apart")
        me.get("/admin/core/kata/")
        chosen = {"action": "run", "_selected_action": [kata.uuid, apart.uuid]}
        response = me.post("/admin/core/kata/", chosen)
        batch = Batch.objects.get()
        assert response.url == f"/admin/runs/batch/{batch.pk}/"
        found = batch.runs.order_by("pk").values_list("kata__slug", "status")
        assert list(found) == [("apart", "queued"), ("joined", "queued")]

    def test_error_no_workers_for_the_selected(self, me, kata, settings):
        settings.REDIS_URL = ""
        me.get("/admin/core/kata/")
        chosen = {"action": "run", "_selected_action": [kata.uuid]}
        response = me.post("/admin/core/kata/", chosen)
        assert response.status_code == 409
        assert NO_WORKERS in words(response.content.decode())

    def test_open_ones_are_on_the_front_page(self, me, ask, other, broker):
        ask(2, whose=other)
        ask(2, status="passed")
        first, second = ask(2), ask(1)
        found = text(me.get("/admin/"))
        assert (
            f"Batch {second.batch_id} 1 run to go ▸ running Batch {first.batch_id} 2 runs to go"
            in found
        )
        assert found.count("to go") == 2


def test_what_is_to_be_typed_is_code():
    assert typed("Run `a <b>` or <c>.") == "Run <code>a &lt;b&gt;</code> or &lt;c&gt;."


GETS = ["runs/{run}/live/", "runs/batch/{batch}/"]
POSTS = ["runs/{run}/cancel/", "runs/batch/{batch}/cancel/", "katas/joined/run/"]


def ask_for(client, path: str, run: Run):
    method = client.post if path in POSTS else client.get
    return method(f"/admin/{path.format(run=run.pk, batch=run.batch_id)}")


@pytest.mark.parametrize("path", GETS + POSTS[:2])
def test_what_is_anothers_is_not_there(client, ask, other, broker, path):
    run = ask()
    client.force_login(other)
    assert ask_for(client, path, run).status_code == 404
    run.refresh_from_db()
    assert run.status == "queued"


@pytest.mark.parametrize("path", GETS + POSTS)
@pytest.mark.parametrize("user", [None, "plain"])
def test_who_is_not_staff_gets_the_login_alone(client, ask, broker, path, user):
    run = ask()
    if user:
        client.force_login(get_user_model().objects.create(username=user))
    response = ask_for(client, path, run)
    assert response.status_code == 302
    assert response.url.startswith("/admin/login/?next=/admin/")
    assert list(Run.objects.values_list("status", flat=True)) == ["queued"]


@pytest.mark.parametrize("path", GETS + POSTS)
def test_staff_need_the_permission(client, ask, broker, path):
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    run = ask(whose=staff)
    staff.user_permissions.set(Permission.objects.filter(codename="view_kata"))
    client.force_login(staff)
    assert ask_for(client, path, run).status_code == 403
    assert list(Run.objects.values_list("status", flat=True)) == ["queued"]


@pytest.mark.parametrize("path", GETS + POSTS)
def test_pages_are_read_or_changed_by_their_method_alone(me, ask, broker, path):
    run = ask()
    method = me.get if path in POSTS else me.post
    found = method(f"/admin/{path.format(run=run.pk, batch=run.batch_id)}")
    assert found.status_code == 405


@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
def test_error_no_such_run_or_batch(me, number):
    for path in GETS + POSTS[:2]:
        method = me.post if path in POSTS else me.get
        assert method(f"/admin/{path.format(run=number, batch=number)}").status_code == 404
