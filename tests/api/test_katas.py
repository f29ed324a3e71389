"""Katas and hints by the API."""

import pytest

from core import catalogue, runs
from core.documents import hints, read
from core.models import Help
from tests.api.conftest import problem
from tests.conftest import copy_sample


def slugs(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [kata["slug"] for kata in response.json()["katas"]]


def test_list_holds_every_kata_in_reading_order(api):
    assert slugs(api.get("/api/katas/")) == [kata.slug for kata in catalogue.catalogue().katas]


def test_kata_in_a_list(api):
    found = api.get("/api/katas/", {"search": "tight limits"}).json()["katas"]
    assert found == [
        {
            "slug": "bounded",
            "url": "http://testserver/api/katas/bounded/",
            "uuid": "00000000-0000-4000-8000-000000000001",
            "title": "A function under tight limits",
            "track": "runner",
            "level": 1,
            "topics": [],
            "needs": [],
            "state": "new",
            "standing": None,
        }
    ]


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ({"track": "orm"}, "select_related", "bounded"),
        ({"level": 1}, "bounded", "select_related"),
        ({"needs": "postgres"}, "post", "bell"),
        ({"needs": "none"}, "bounded", "bell"),
        ({"search": "LIMITS tight"}, "bounded", "rows"),
        ({"search": "limits nowhere"}, None, "bounded"),
        ({"status": "new", "track": "runner"}, "rows", "select_related"),
        ({"track": "nowhere"}, None, "bounded"),
    ],
)
def test_filters(api, query, inside, outside):
    found = slugs(api.get("/api/katas/", query))
    assert outside not in found
    assert (inside in found) if inside else found == []


def test_status_follows_the_runs_of_whoever_asks(api, stranger, judged):
    judged("rows")  # fails as shipped, or passes: either way it is not new
    judged("bounded", "solution")  # not the learner's own file
    assert "rows" not in slugs(api.get("/api/katas/", {"status": "new"}))
    assert "bounded" in slugs(api.get("/api/katas/", {"status": "new"}))
    assert "rows" in slugs(stranger.get("/api/katas/", {"status": "new"}))


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"level": "9"}, "level"),
        ({"level": "x"}, "level"),
        ({"status": "open"}, "status"),
        ({"needs": "oracle"}, "needs"),
        ({"search": "a\0b"}, "search"),
        ({"track": "x" * 101}, "track"),
    ],
)
def test_error_for_a_filter_names_it(api, query, parameter):
    found = problem(api.get("/api/katas/", query), 400)
    assert [error["parameter"] for error in found["errors"]] == [parameter]
    assert found["detail"] == found["errors"][0]["detail"]


def test_kata_that_does_not_read_is_a_problem_of_the_list_alone(api, tmp_path, monkeypatch):
    folder = copy_sample("bounded", tmp_path, monkeypatch)
    (folder / "kata.toml").write_text('title = "Only a title"')
    found = api.get("/api/katas/").json()
    assert len(found["problems"]) == 1
    assert "bounded/kata.toml: the field 'uuid' is missing." in found["problems"][0]
    answer = problem(api.get("/api/katas/bounded/"), 409)
    assert answer["hint"].startswith("Add a line: uuid = ")


def test_kata_with_brief_tasks_limits_and_standing(api, judged):
    run, _ = judged("bounded")
    found = api.get("/api/katas/bounded/").json()
    assert found["tasks"] == [
        {"number": 1, "title": "Double a number"},
        {"number": 2, "title": "Double a list"},
    ]
    assert found["limits"] == {
        "seconds": 4.0,
        "cpu_seconds": 60.0,
        "memory_mb": 256.0,
        "output_kb": 64.0,
        "processes": 4.0,
    }
    standing = found["standing"]
    assert (standing["status"], standing["runs"], standing["last"]) == (run.status, 1, run.pk)
    assert found["state"] == ("passed" if run.status == "passed" else "begun")
    assert (found["brief"], found["edit"], found["databases"]) == (None, ["exercise.py"], ["none"])
    brief = api.get("/api/katas/select_related/").json()["brief"]
    assert brief == read(catalogue.get("select_related"), "README.md")


def test_error_for_an_unknown_kata_suggests_names(api):
    found = problem(api.get("/api/katas/bouned/"), 404, "There is no kata 'bouned'.")
    assert "Did you mean bounded or needy?" in found["hint"]


def test_hints_come_a_step_at_a_time_and_are_remembered(api, learner, stranger):
    kata = catalogue.get("select_related")
    steps, where = hints(kata)[1], "/api/katas/select_related/hints/"
    assert [hint["steps"] for hint in api.get(where).json()] == [[]] * len(kata.tasks)
    for shown in range(1, len(steps) + 1):
        answer = api.post(where, {"task": 1}, format="json")
        assert answer.json() == {
            "task": 1,
            "title": kata.tasks[0],
            "steps": list(steps[:shown]),
            "left": len(steps) - shown,
        }
    assert api.post(where, {"task": 1}, format="json").json()["left"] == 0  # there are no more
    assert api.get(where).json()[0]["steps"] == list(steps)
    assert stranger.get(where).json()[0]["steps"] == []
    taken = Help.objects.filter(learner=learner, kind="hint", task=1)
    assert list(taken.order_by("step").values_list("step", flat=True)) == [1, 2, 3]
    assert runs.hints_shown(kata, 1) == len(steps)  # as the terminal has it


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "#/task"), ({"task": "first"}, "#/task"), ({"task": 0}, "#/task"), ([], "#")],
)
def test_error_for_a_hint_without_a_task(api, body, pointer):
    answer = api.post("/api/katas/select_related/hints/", body, format="json")
    assert problem(answer, 400)["errors"][0]["pointer"] == pointer


def test_error_for_a_task_without_a_hint(api):
    answer = api.post("/api/katas/select_related/hints/", {"task": 9}, format="json")
    problem(answer, 404, "select_related has no hint for a task 9.")
    assert api.get("/api/katas/bounded/hints/").json() == []
    assert Help.objects.count() == 0


def test_progress_by_track_and_what_is_next(api, stranger, learner, judged):
    before = api.get("/api/progress/").json()
    katas = catalogue.catalogue().katas
    assert (before["katas"], before["passed"], before["next"]) == (len(katas), 0, katas[0].slug)
    first = katas[0]
    judged(first.slug)
    row = runs.progress(learner)[first.uuid]
    row_passed = int(row.passed)
    after = api.get("/api/progress/").json()
    assert after["passed"] == row_passed
    assert [track["track"] for track in after["tracks"]] == list(
        dict.fromkeys(kata.track for kata in katas)
    )
    assert sum(track["katas"] for track in after["tracks"]) == len(katas)
    assert stranger.get("/api/progress/").json() == before
