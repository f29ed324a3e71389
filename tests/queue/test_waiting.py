"""Open runs: of a kata, in batches, before another; and found without a look at those that are over."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from core import queue
from core.models import Batch, Run
from core.queue.waiting import OpenBatch, by_status
from tests.queue.test_leases import make
from tests.test_runs import FILTER, JOINS

pytestmark = pytest.mark.django_db


@pytest.fixture
def other():
    return get_user_model().objects.create(username="somebody")


def test_open_run_is_the_newest_of_ones_own_file(learner, other):
    make(learner)
    newest = make(learner, status="running")
    make(learner, status="passed", lease_until=None)
    make(learner, source="solution")
    make(other)
    assert queue.open_run(JOINS, learner=learner) == newest
    assert queue.open_run(FILTER, learner=learner) is None


def test_open_batches_are_ones_own_the_newest_first(learner, other):
    first, second, over, theirs = (
        Batch.objects.create(learner=whose) for whose in (learner, learner, learner, other)
    )
    for batch, status in ((first, "queued"), (first, "running"), (first, "failed")):
        make(learner, batch=batch, status=status)
    make(learner, batch=second)
    make(learner, batch=over, status="cancelled")
    make(other, batch=theirs)
    make(learner)
    expected = (OpenBatch(second.pk, 1), OpenBatch(first.pk, 2))
    assert queue.open_batches(learner) == expected


def test_before_counts_everybodys_that_wait(learner, other):
    make(other)
    make(learner)
    make(learner, status="running")
    make(learner, status="passed", lease_until=None)
    run = make(learner)
    make(learner)
    assert queue.before(run) == 2


@pytest.mark.usefixtures("on_sqlite")
@pytest.mark.parametrize(
    "runs",
    [
        lambda: by_status(Run.Result.QUEUED).filter(pk__lt=7),
        lambda: by_status(*Run.OPEN),
        lambda: by_status(Run.Result.RUNNING).filter(lease_until__lt=timezone.now()),
        lambda: by_status(Run.Result.QUEUED).filter(lease_until__lt=timezone.now()).order_by("pk"),
    ],
    ids=["before", "health", "dead", "lost"],
)
def test_open_runs_are_found_by_their_index(learner, runs):
    """After a million runs as soon as after ten."""
    plan = runs().explain()
    assert "INDEX run_open (status=?" in plan
    assert "SCAN" not in plan


def test_runs_that_are_over_are_not_in_the_index(learner):
    """Whatever ends a run takes its lease away."""
    run = queue.claim(make(learner).pk)
    queue.cancel(run)
    queue.cancel(make(learner))
    assert not Run.objects.filter(lease_until__isnull=False).exists()
