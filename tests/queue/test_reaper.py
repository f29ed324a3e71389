"""What was left behind comes back; what cannot be judged is said to be no fault of the learner's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import queue
from core.models import Day, Judgement, Run, Standing
from core.queue import Reaped
from core.queue.leases import MOST_ATTEMPTS
from core.verdict import verdict_from_json
from tests.queue.test_leases import ended, make, stored

pytestmark = pytest.mark.django_db


def test_nothing_to_do_costs_two_queries(broker, learner, django_assert_num_queries):
    make(learner, lease_until=timezone.now() + timedelta(minutes=1))
    with django_assert_num_queries(2):
        assert queue.reap() == Reaped()


def test_run_of_a_dead_worker_goes_back_and_is_sent(learner, sent):
    run = queue.claim(make(learner).pk)
    assert queue.reap() == Reaped()  # the worker lives
    ended(run)
    assert queue.reap() == Reaped(returned=1)
    assert (stored(run), sent()) == (("queued", 1), 1)
    assert queue.claim(run.pk).attempt == 2


def test_lease_that_is_renewed_meanwhile_is_left(learner, broker):
    run = queue.claim(make(learner).pk)
    ended(run)
    assert queue.renew(run)
    assert queue.reap() == Reaped()


def test_run_that_failed_too_often_is_an_error_that_is_not_the_learners(learner, broker):
    run = make(learner, status="running", attempt=MOST_ATTEMPTS, started_at=timezone.now())
    ended(run)
    assert queue.reap() == Reaped(given_up=1)
    assert stored(run) == ("error", MOST_ATTEMPTS)
    verdict = verdict_from_json(Judgement.objects.get().verdict)
    assert (verdict.status, verdict.counts) == ("error", False)
    assert (verdict.problem.message, verdict.problem.hint) == (
        "The worker ended 3 times before this run had a verdict.",
        "It was not your code. Run it again; the log of `scripts/serve` may say why.",
    )
    assert Standing.objects.count() == 0
    assert list(Day.objects.values_list("runs", "passes", "last")) == [(0, 0, run.pk)]
    assert queue.reap() == Reaped()


def test_messages_that_the_broker_lost_are_sent_again(learner, sent, broker):
    runs = [make(learner) for _ in range(3)]
    for run in runs:
        ended(run)
    assert queue.reap() == Reaped(sent=3)
    assert sent() == 3
    assert queue.reap() == Reaped()  # they have time again
    broker.flushdb()  # it was restarted
    for run in runs:
        ended(run)
    assert queue.reap() == Reaped(sent=3)


def test_long_queue_is_not_taken_for_a_loss(learner, sent):
    """As many messages as runs: each has its own, however long they wait."""
    runs = [make(learner) for _ in range(3)]
    for run in runs:
        ended(run)
    queue.reap()
    for run in runs:
        ended(run)
    assert (queue.reap(), sent()) == (Reaped(), 3)


def test_only_as_many_as_are_lost_are_sent_the_oldest_first(learner, sent, broker):
    runs = [make(learner) for _ in range(3)]
    for run in runs:
        ended(run)
    queue.reap()
    broker.rpop("runs")
    for run in runs:
        ended(run)
    assert (queue.reap(), sent()) == (Reaped(sent=1), 3)
    waits_anew = Run.objects.filter(lease_until__gt=timezone.now())
    assert list(waits_anew) == runs[:1]


def test_nothing_is_marked_as_sent_while_the_broker_is_away(learner, use_broker, tmp_path):
    use_broker(f"unix://{tmp_path}/nothing?db=0")
    ended(make(learner))
    assert queue.reap() == Reaped()
    assert not Run.objects.filter(lease_until__gt=timezone.now()).exists()
