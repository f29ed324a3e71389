"""Runs asked for at once: rows, messages, cancelling."""

import dataclasses
import json

import pytest
from django.db import transaction

from core import queue
from core.errors import KataError
from core.models import Batch, Run


def statuses(batch: Batch) -> list[str]:
    return list(batch.runs.order_by("pk").values_list("status", flat=True))


@pytest.fixture
def enqueue(learner, django_capture_on_commit_callbacks):
    def enqueue(katas, **options):
        with django_capture_on_commit_callbacks(execute=True):
            return queue.enqueue(katas, learner=learner, **options)

    return enqueue


def test_a_row_and_a_message_for_each_kata(enqueue, sent, katas, learner):
    batch = enqueue(katas)
    rows = list(batch.runs.order_by("pk"))
    assert [str(row.kata_id) for row in rows] == [kata.uuid for kata in katas]
    assert {(row.status, row.source, row.learner, row.attempt) for row in rows} == {
        ("queued", "exercise", learner, 0)
    }
    assert all(row.queued_at and row.lease_until and row.started_at is None for row in rows)
    assert sent() == 3


def test_message_is_json_with_limits_above_the_katas_own(enqueue, broker, katas):
    enqueue(katas[:2])
    messages = [json.loads(each) for each in broker.lrange("runs", 0, -1)]
    assert {message["content-type"] for message in messages} == {"application/json"}
    seconds = [kata.limits.seconds * len(kata.databases) for kata in katas[:2]]
    limits = sorted(message["headers"]["timelimit"] for message in messages)
    assert limits == [[each + 40, each + 20] for each in sorted(seconds)]


def test_many_cost_as_many_queries_as_one(enqueue, broker, katas, django_assert_num_queries):
    enqueue(katas)  # makes the rows of the katas
    with django_assert_num_queries(5):  # savepoint, katas, batch, runs, savepoint
        enqueue(katas[:1])
    with django_assert_num_queries(5):
        enqueue(katas * 10)


def test_nothing_is_sent_before_the_commit_nor_without_one(
    learner, sent, katas, django_capture_on_commit_callbacks
):
    class Undone(Exception):
        pass

    def undone():
        with transaction.atomic():
            queue.enqueue(katas, learner=learner)
            assert sent() == 0
            raise Undone

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Undone):
        undone()
    assert (sent(), Run.objects.count()) == (0, 0)
    with django_capture_on_commit_callbacks(execute=True):
        queue.enqueue(katas, learner=learner)
        assert sent() == 0
    assert sent() == 3


def test_error_without_a_broker_names_the_command(enqueue, katas, settings):
    settings.REDIS_URL = ""
    with pytest.raises(KataError) as error:
        enqueue(katas)
    assert str(error.value) == (
        "Runs from the browser need workers, and none are set up here.\n"
        "Start all parts of the workspace at once: `scripts/serve`."
    )
    assert Batch.objects.count() == 0


def test_error_for_a_source_that_is_a_path(enqueue, broker, katas, tmp_path):
    with pytest.raises(KataError) as error:
        enqueue(katas[:1], source=str(tmp_path))
    assert str(error.value) == (
        f"bounded has no source '{tmp_path}'.\nSources: exercise, stub, solution."
    )


def test_error_for_no_kata(enqueue, broker):
    with pytest.raises(KataError, match="No kata was chosen"):
        enqueue([])


def test_runs_wait_in_the_database_while_the_broker_is_away(
    enqueue, use_broker, server, katas, tmp_path
):
    use_broker(f"unix://{tmp_path}/nothing?db=0")
    batch = enqueue(katas)
    assert statuses(batch) == ["queued"] * 3
    use_broker(server.url)
    server.client.flushdb()
    batch.runs.update(lease_until=batch.made_at)
    assert queue.reap() == queue.Reaped(sent=3)


def test_cancel_a_batch(enqueue, sent, katas):
    batch = enqueue(katas)
    running = queue.claim(batch.runs.first().pk)
    assert queue.cancel(batch) == 3
    assert statuses(batch) == ["cancelled"] * 3
    batch.refresh_from_db()
    assert batch.cancelled_at
    assert not queue.renew(running)  # its worker ends it
    assert queue.claim(batch.runs.last().pk) is None
    assert queue.cancel(batch) == 0


def test_cancel_one_run_leaves_the_others(enqueue, broker, katas):
    batch = enqueue(katas)
    assert queue.cancel(batch.runs.order_by("pk")[1]) == 1
    assert statuses(batch) == ["queued", "cancelled", "queued"]


def test_kata_that_moved_is_known_by_its_new_name(enqueue, broker, katas):
    kata = katas[0]
    enqueue([kata])
    enqueue([dataclasses.replace(kata, title="Another")])
    assert Run.objects.last().kata.title == "Another"
