"""Who may judge a run and write its verdict: exactly one, whoever else tries."""

import dataclasses
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core import queue
from core.models import Card, Judgement, Review, Run, Standing
from core.queue.leases import LEASE, MOST_ATTEMPTS
from core.runs import row
from core.source import Source
from core.verdict import INFRASTRUCTURE, Case, Problem, Status, Verdict
from tests.test_runs import JOINS

pytestmark = pytest.mark.django_db

PASSED = Verdict(
    *(JOINS.slug, JOINS.uuid, "exercise", "", Status.PASSED, 7, ()),
    (Case("One::test_a", 1, Status.PASSED),),
    duration=0.2,
)
FILES = Source("exercise", JOINS.folder, {"exercise.py": b"mine"})
AGO = timedelta(seconds=3)


@pytest.fixture
def waiting(learner):
    """A run that waits for three seconds."""
    return make(learner)


def make(learner, **values) -> Run:
    now = timezone.now()
    mine = {"queued_at": now - AGO, "lease_until": now, "status": "queued", "source": "exercise"}
    return Run.objects.create(kata=row(JOINS), learner=learner, **mine | values)


def ended(run: Run) -> None:
    """Time passes: the lease is over."""
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def stored(run: Run) -> tuple[str, int]:
    row = Run.objects.get(pk=run.pk)
    return row.status, row.attempt


def test_claim_takes_a_queued_run(waiting):
    run = queue.claim(waiting.pk)
    assert run.kata.slug == "joins"
    kept = Run.objects.get(pk=waiting.pk)
    for each in (run, kept):
        assert (each.status, each.attempt) == ("running", 1)
        assert 3 <= each.wait < 4
        assert each.lease_until - each.started_at == LEASE


def test_second_delivery_finds_nothing_to_take(waiting):
    assert queue.claim(waiting.pk)
    assert queue.claim(waiting.pk) is None


@pytest.mark.parametrize("status", ["passed", "failed", "error", "cancelled"])
def test_run_that_is_over_is_not_taken(learner, status):
    assert queue.claim(make(learner, status=status).pk) is None


def test_run_that_is_not_there_is_not_taken():
    assert queue.claim(123) is None


def test_run_of_a_dead_worker_is_taken(waiting):
    first = queue.claim(waiting.pk)
    ended(first)
    second = queue.claim(waiting.pk)
    assert (second.attempt, second.wait) == (2, first.wait)
    assert not queue.renew(first)
    assert queue.renew(second)


def test_run_that_failed_too_often_is_left_to_the_reaper(learner):
    run = make(learner, status="running", attempt=MOST_ATTEMPTS)
    ended(run)
    assert queue.claim(run.pk) is None


def test_of_two_at_once_one_takes_it(waiting):
    """The other comes between the look and the update."""
    others = []

    def meanwhile(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and not others:
            others.append(None)
            others[0] = queue.claim(waiting.pk)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        assert queue.claim(waiting.pk) is None
    assert others[0].attempt == 1


def test_renewed_lease_is_not_taken(waiting):
    first = queue.claim(waiting.pk)
    ended(first)
    assert queue.renew(first)
    assert queue.claim(waiting.pk) is None


def test_verdict_is_written_with_wait_and_duration_apart(waiting):
    run = queue.claim(waiting.pk)
    assert queue.commit(run, PASSED, FILES, kata=JOINS)
    kept = Run.objects.get(pk=run.pk)
    assert (kept.status, kept.attempt, kept.lease_until) == ("passed", 1, None)
    assert (kept.duration, kept.cases, kept.snapshot_id) == (0.2, 1, FILES.checksum)
    assert 3 <= kept.wait < 4
    assert kept.judgement.verdict["status"] == "passed"
    standing = Standing.objects.get()
    assert (standing.last, standing.runs, standing.passes) == (kept, 1, 1)


def test_pass_is_graded_once_as_one_from_the_terminal(learner):
    for _ in range(2):
        assert queue.commit(queue.claim(make(learner).pk), PASSED, FILES, kata=JOINS)
    assert Review.objects.get().rating == Review.Rating.EASY


def test_failure_counts_as_a_try_unless_it_was_the_machines(learner):
    failed = dataclasses.replace(PASSED, status=Status.FAILED)
    machine = Problem(INFRASTRUCTURE, "The machine was at fault.")
    fault = dataclasses.replace(PASSED, status=Status.ERROR, problem=machine)
    for verdict in (fault, failed, fault):
        assert queue.commit(queue.claim(make(learner).pk), verdict, FILES, kata=JOINS)
    assert Card.objects.get().tries == 1


class LostError(Exception):
    pass


def test_verdict_and_grade_are_written_together_or_not_at_all(waiting):
    def fail_at_the_grade(execute, sql, *rest):
        if sql.startswith("INSERT") and "core_review" in sql:
            raise LostError
        return execute(sql, *rest)

    run = queue.claim(waiting.pk)
    with connection.execute_wrapper(fail_at_the_grade), pytest.raises(LostError):
        queue.commit(run, PASSED, FILES, kata=JOINS)
    assert stored(run) == ("running", 1)
    assert (Judgement.objects.count(), Card.objects.count()) == (0, 0)
    assert queue.commit(queue.claim(make(waiting.learner).pk), PASSED, FILES, kata=JOINS)


def test_verdict_is_written_once(waiting):
    run = queue.claim(waiting.pk)
    assert queue.commit(run, PASSED, FILES, kata=JOINS)
    assert not queue.commit(run, PASSED, FILES, kata=JOINS)
    assert (Judgement.objects.count(), Standing.objects.get().runs) == (1, 1)


def test_worker_that_was_thought_dead_writes_nothing(waiting):
    late = queue.claim(waiting.pk)
    ended(late)
    run = queue.claim(waiting.pk)
    assert not queue.commit(late, PASSED, FILES, kata=JOINS)
    assert stored(run) == ("running", 2)
    assert Judgement.objects.count() == 0
    assert queue.commit(run, PASSED, FILES, kata=JOINS)


def test_cancelled_run_gets_no_verdict(waiting):
    run = queue.claim(waiting.pk)
    queue.cancel(run)
    assert not queue.commit(run, PASSED, FILES, kata=JOINS)
    assert not queue.give_back(run)
    assert stored(run) == ("cancelled", 1)
    assert (Judgement.objects.count(), Standing.objects.count()) == (0, 0)


def test_run_that_is_given_back_waits_again_and_the_attempt_does_not_count(waiting):
    run = queue.claim(waiting.pk)
    assert queue.give_back(run)
    assert stored(run) == ("queued", 0)
    again = queue.claim(run.pk)
    assert (again.attempt, round(again.wait)) == (1, 3)
    assert queue.commit(again, PASSED, FILES, kata=JOINS)
