"""What an address costs does not grow with what is remembered."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import catalogue, runs
from core.models import Batch, Card, Help, Judgement, Kata, Run, Standing

MOST = 8  # queries, of them one for the token


@pytest.fixture
def remembered(learner, other):
    """Give both learners so many runs of every kata, with what hangs on them."""
    runs.sync(catalogue.catalogue().katas)
    katas = list(Kata.objects.order_by("slug"))

    def remember(times: int) -> Run:
        row = {"started_at": timezone.now(), "source": "exercise", "duration": 1.0}
        for whose in (learner, other):
            batch = Batch.objects.create(learner=whose)
            made = Run.objects.bulk_create(
                Run(kata=kata, learner=whose, batch=batch, status="passed", **row)
                for _ in range(times)
                for kata in katas
            )
            Judgement.objects.bulk_create(
                Judgement(run=run, verdict={"version": 1}) for run in made
            )
            Standing.objects.bulk_create(
                (
                    Standing(kata=kata, learner=whose, status="passed", last_at=timezone.now())
                    for kata in katas
                ),
                ignore_conflicts=True,
            )
            Card.objects.bulk_create(
                (
                    Card(kata=kata, learner=whose, heading=f"{n}", question=n, due=timezone.now())
                    for kata in katas
                    for n in range(times)
                ),
                ignore_conflicts=True,
            )
            Help.objects.bulk_create(
                (
                    Help(kata=kata, learner=whose, kind="hint", task=1, step=step)
                    for kata in katas
                    for step in range(1, times + 1)
                ),
                ignore_conflicts=True,
            )
        return Run.objects.filter(learner=learner).latest("pk")

    return remember


ADDRESSES = [
    "katas/",
    "katas/?status=passed&search=a",
    "katas/select_related/",
    "katas/select_related/hints/",
    "progress/",
    "practice/",
    "practice/days/",
    "runs/",
    "runs/?limit=100",
    "runs/?kata=select_related&status=passed",
    "runs/?batch={batch}",
    "runs/{run}/",
    "runs/{run}/verdict/",
]


def counts(api, run: Run) -> dict[str, int]:
    found = {}
    for address in ADDRESSES:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = api.get("/api/" + address.format(run=run.pk, batch=run.batch_id))
        assert answer.status_code == 200
        found[address] = len(queries)
    return found


def test_reading_costs_the_same_whatever_the_history(api, remembered):
    few = counts(api, remembered(1))
    many = counts(api, remembered(8))
    assert many == few
    assert max(few.values()) <= 3, few


def written(api, address: str, body: object = None) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = api.post(f"/api/{address}", body, format="json")
    assert answer.status_code in (200, 202), answer.content
    return len(queries)


def test_writing_costs_the_same_whatever_the_history(api, broker, remembered):
    found = []
    for times, katas in ((1, ["bounded"]), (8, ["bounded", "rows", "pages"])):
        remembered(times)
        asked = written(api, "runs/", {"katas": katas})
        run = Run.objects.latest("pk")
        hint = written(api, "katas/select_related/hints/", {"task": 2})
        cancelled = written(api, f"runs/{run.pk}/cancel/")
        asked_anew = written(api, "runs/", {"katas": katas})
        batch = Batch.objects.latest("pk")
        whole = written(api, f"batches/{batch.pk}/cancel/")
        found.append([asked, hint, cancelled, asked_anew, whole])
    assert found[0] == found[1]
    assert max(found[0]) <= MOST, found
