"""Runs by the API: asked for, listed, followed, judged, cancelled."""

import base64
import json

import pytest
from django.utils import timezone

from core import queue
from core.api.runs import RunFilter
from core.models import Batch, Kata, Run
from core.queue.progress import Recorder
from tests.api.conftest import problem

DONE = {"status": "passed", "source": "exercise", "duration": 1.0, "cases": 1, "passed": 1}


@pytest.fixture
def kata(db):
    return Kata.objects.create(slug="bounded", track="runner", title="Bounded", level=1)


@pytest.fixture
def many(learner, kata):
    """Write so many runs at once."""

    def make(count: int, whose=None, **values) -> list[Run]:
        row = {"kata": kata, "learner": whose or learner, "started_at": timezone.now()}
        return Run.objects.bulk_create(Run(**row | DONE | values) for _ in range(count))

    return make


@pytest.fixture
def ask(api, broker, django_capture_on_commit_callbacks):
    def ask(**body):
        with django_capture_on_commit_callbacks(execute=True):
            return api.post("/api/runs/", body, format="json")

    return ask


def test_asked_for_run_is_queued_and_sent(ask, api, sent):
    answer = ask(katas=["bounded"])
    run = Run.objects.get()
    url = f"http://testserver/api/runs/{run.pk}/"
    assert (answer.status_code, answer["Location"]) == (202, url)
    found = answer.json()
    assert (found["url"], found["batch"]) == (url, run.batch_id)
    assert [(each["id"], each["kata"], each["status"]) for each in found["runs"]] == [
        (run.pk, "bounded", "queued")
    ]
    assert sent() == 1
    whole = api.get(url).json()
    assert whole["progress"] == {"expected": 0, "done": 0, "cases": []}
    assert (whole["verdict"], whole["source"]) == (None, "exercise")


def test_many_katas_are_one_batch_to_follow(ask, api, sent):
    answer = ask(katas=["bounded", "rows", "pages"])
    assert sent() == 3
    batch = Batch.objects.get()
    assert answer["Location"] == f"http://testserver/api/runs/?batch={batch.pk}"
    listed = api.get(answer["Location"]).json()["results"]
    assert [run["kata"] for run in listed] == ["pages", "rows", "bounded"]


def test_source_of_the_author(ask):
    assert ask(katas=["bounded"], source="solution").json()["runs"][0]["source"] == "solution"


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({}, "#/katas", "required"),
        ({"katas": []}, "#/katas", "at least 1"),
        ({"katas": "bounded"}, "#/katas", "list"),
        ({"katas": ["bounded"] * 101}, "#/katas", "no more than 100"),
        ({"katas": ["bounded", "bounded"]}, "#/katas/1", "stands there twice"),
        ({"katas": ["bounded", "bouned"]}, "#/katas/1", "Did you mean bounded or needy?"),
        ({"katas": ["../../etc"]}, "#/katas/0", "There is no kata"),
        ({"katas": ["x" * 101]}, "#/katas/0", "no more than 100"),
        ({"katas": ["a\0"]}, "#/katas/0", "Null"),
        ({"katas": [{}]}, "#/katas/0", "string"),
        ({"katas": ["bounded"], "source": "/etc"}, "#/source", "it has exercise, stub, solution"),
        ({"katas": ["bounded"], "source": ""}, "#/source", "blank"),
        ([], "#", "dictionary"),
    ],
)
def test_error_says_what_is_wrong_with_a_body(api, broker, body, pointer, words):
    found = problem(api.post("/api/runs/", body, format="json"), 400)
    assert [error["pointer"] for error in found["errors"]] == [pointer]
    assert words in found["errors"][0]["detail"]
    assert Batch.objects.count() == 0


def test_error_without_workers_names_the_command(api, settings):
    settings.REDIS_URL = ""
    problem(
        api.post("/api/runs/", {"katas": ["bounded"]}, format="json"),
        409,
        "Runs from the browser need workers, and none are set up here.",
        hint="Start all parts of the workspace at once: `scripts/serve`.",
    )


def test_progress_of_a_run_that_is_open(ask, api):
    ask(katas=["bounded"])
    run = queue.claim(Run.objects.get().pk)
    record = Recorder(run, ["none"], None)
    record({"frame": "collected", "cases": [1, 2]})
    record({"frame": "case", "id": "One::a", "failure": None, "skipped": None})
    record({"frame": "started", "id": "One::b"})
    found = api.get(f"/api/runs/{run.pk}/").json()
    assert found["status"] == "running"
    assert found["progress"] == {
        "expected": 2,
        "done": 1,
        "cases": [{"id": "One::a", "status": "passed"}, {"id": "One::b", "status": "running"}],
    }


def test_verdict_is_what_the_command_prints(api, judged):
    run, verdict = judged("bounded")
    found = api.get(f"/api/runs/{run.pk}/").json()
    assert (found["status"], found["progress"]) == (run.status, None)
    assert found["checksum"] == run.snapshot_id
    answer = api.get(found["verdict"])
    assert json.dumps(answer.json(), indent=2) == json.dumps(verdict.to_json(), indent=2)


def test_verdict_with_half_a_surrogate_pair(api, judged):
    run, _ = judged("bounded")
    run.judgement.verdict = {"output": "\ud800"}
    run.judgement.save()
    assert api.get(f"/api/runs/{run.pk}/verdict/").json() == {"output": "\ud800"}


def test_no_verdict_while_a_run_is_open(ask, api):
    ask(katas=["bounded"])
    run = Run.objects.get()
    where = f"/api/runs/{run.pk}/verdict/"
    problem(api.get(where), 404, f"Run {run.pk} has no verdict: it is queued.")


def test_cancel_once(ask, api):
    ask(katas=["bounded"])
    run = Run.objects.get()
    where = f"/api/runs/{run.pk}/cancel/"
    answer = api.post(where)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    problem(api.post(where), 409, f"Run {run.pk} cannot be cancelled: it is cancelled.")


def test_cancel_a_batch_once(ask, api):
    asked = ask(katas=["bounded", "rows", "pages"]).json()
    queue.cancel(Run.objects.get(pk=asked["runs"][0]["id"]))
    where = f"/api/batches/{asked['batch']}/cancel/"
    answer = api.post(where)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["batch"], found["url"]) == (asked["batch"], asked["url"])
    assert [(run["kata"], run["status"]) for run in found["runs"]] == [
        ("bounded", "cancelled"),
        ("rows", "cancelled"),
        ("pages", "cancelled"),
    ]
    words = f"Batch {asked['batch']} cannot be cancelled: all of its runs are over."
    problem(api.post(where), 409, words)


def test_batch_of_another_is_not_there(ask, stranger):
    batch = ask(katas=["bounded", "rows"]).json()["batch"]
    problem(stranger.post(f"/api/batches/{batch}/cancel/"), 404, f"You have no batch {batch}.")
    assert set(Run.objects.values_list("status", flat=True)) == {"queued"}


@pytest.mark.parametrize("path", ["", "verdict/", "cancel/"])
def test_run_of_another_is_not_there(ask, api, stranger, path):
    ask(katas=["bounded"])
    run = Run.objects.get()
    method = "post" if path == "cancel/" else "get"
    where = f"/api/runs/{run.pk}/{path}"
    words = f"You have no run {run.pk}."
    problem(getattr(stranger, method)(where), 404, words, hint="GET /api/runs/ lists yours.")
    run.refresh_from_db()
    assert run.status == "queued"
    assert stranger.get("/api/runs/").json()["results"] == []
    assert stranger.get("/api/runs/", {"batch": run.batch_id}).json()["results"] == []


def test_pages_are_newest_first_and_hold_each_run_once(api, many, other):
    mine = [run.pk for run in many(7)]
    many(3, whose=other)
    url, seen, sizes = "/api/runs/?limit=3", [], []
    while url:
        page = api.get(url).json()
        seen += [run["id"] for run in page["results"]]
        sizes.append(len(page["results"]))
        many(1)  # what comes meanwhile moves no page
        url = page["next"]
    assert sizes == [3, 3, 1]
    assert seen == mine[::-1]


def test_filters(api, many, ask):
    many(2)
    many(1, status="failed")
    ask(katas=["rows"])
    count = lambda **query: len(api.get("/api/runs/", query).json()["results"])  # noqa: E731
    assert [count(), count(status="failed"), count(status="queued")] == [4, 1, 1]
    assert [count(kata="rows"), count(kata="bounded"), count(kata="nowhere")] == [1, 3, 0]
    assert [count(kata="bounded", status="passed"), count(batch=2**63 - 1)] == [2, 0]


def cursor(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "9" * 5000},
        {"limit": "²"},
        {"status": "lost"},
        {"batch": "x"},
        {"batch": str(2**63)},
        {"batch": "1e400"},
        {"batch": "0"},
        {"kata": "x" * 101},
        {"kata": "a\0"},
        {"cursor": "x"},
        {"cursor": "é"},
        {"cursor": cursor("p=abc")},
        {"cursor": cursor("p=-1")},
        {"cursor": cursor("p=1.5")},
        {"cursor": cursor("p=%C2%B2")},
        {"cursor": cursor("p=" + "9" * 5000)},
        {"cursor": cursor(f"p={2**63}")},
        {"cursor": cursor("p=1&o=x")},
        {"cursor": cursor("p=1&r=x")},
        {"cursor": cursor("p=1&r=" + "9" * 5000)},
    ],
    ids=str,
)
def test_error_for_a_query_that_is_not_one(api, query):
    found = problem(api.get("/api/runs/", query), 400)
    assert [error["parameter"] for error in found["errors"]] == list(query)


@pytest.mark.parametrize("text", [f"p={2**63 - 1}", "o=1000", "p=1&r=1", "", "p="])
def test_cursor_that_leads_nowhere_shows_nothing_of_others(api, many, other, text):
    many(3, whose=other)
    answer = api.get("/api/runs/", {"cursor": cursor(text)})
    assert answer.status_code == 400 or answer.json()["results"] == []


@pytest.mark.parametrize("number", ["0", str(2**63 - 1), str(2**63), "9" * 5000, "-1", "x", "1.5"])
def test_error_for_a_forged_number(api, number):
    problem(api.get(f"/api/runs/{number}/"), 404)
    problem(api.get(f"/api/runs/{number}/verdict/"), 404)
    problem(api.post(f"/api/runs/{number}/cancel/"), 404)
    problem(api.post(f"/api/batches/{number}/cancel/"), 404)


@pytest.mark.usefixtures("on_sqlite")
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "run_by_learner"),
        ({"kata": "bounded"}, "run_by_learner_and_kata"),
        ({"status": "timeout"}, "run_by_status"),
        ({"batch": 7}, "rowid=?"),
    ],
    ids=str,
)
def test_list_of_runs_reads_an_index_whatever_the_filter(many, learner, query, index):
    """A million runs are as quick as ten: what is looked at is what is shown."""
    many(3)
    rows = RunFilter(query, Run.objects.filter(learner=learner)).qs.order_by("-pk")[:51]
    plan = rows.explain()
    assert index in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan
