"""What is remembered: runs with what they judged, help that was taken, how far each kata is."""

import dataclasses
import json
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from core import models, runs, standings
from core.errors import KataError
from core.kata import Kata
from core.models import Help
from core.runs import Progress
from core.source import Source
from core.verdict import Case, Measurement, Status, Verdict

pytestmark = pytest.mark.django_db


def make(slug: str, number: int, **values) -> Kata:
    """A kata without a folder: nothing here reads one."""
    uuid = f"00000000-0000-4000-8000-{number:012}"
    folder = Path("/roots/katas/orm", slug)
    return Kata(folder, uuid, slug.title(), 2, ("One", "Two"), ("exercise.py",), **values)


JOINS, FILTER = make("joins", 1), make("filter", 2)


def verdict(kata: Kata, status: str = "passed", source: str = "exercise") -> Verdict:
    cases = (Case("One::test_a", 1, Status.PASSED), Case("Two::test_b", 2, Status(status)))
    return Verdict(kata.slug, kata.uuid, source, "", Status(status), 7, (), cases, duration=1.5)


def files(text: bytes = b"mine") -> Source:
    return Source("exercise", JOINS.folder, {"exercise.py": text})


def store(kata: Kata = JOINS, status: str = "passed", source: str = "exercise", **options):
    return runs.store(
        verdict(kata, status, source), options.pop("files", None), kata=kata, **options
    )


@pytest.fixture
def other():
    return get_user_model().objects.create(username="somebody")


def test_stored_run_holds_all_of_its_verdict():
    before = timezone.now()
    source = files()
    run = models.Run.objects.get(pk=store(status="failed", files=source).pk)
    assert (run.kata.slug, str(run.kata_id), run.learner.username) == (
        "joins",
        JOINS.uuid,
        "learner",
    )
    assert (run.source, run.status, run.passed, run.cases) == ("exercise", "failed", 1, 2)
    assert (run.duration, run.snapshot_id) == (1.5, source.checksum)
    assert run.judgement.verdict == verdict(JOINS, "failed").to_json() | {
        "cases": [
            dataclasses.asdict(case) | {"measurements": []}
            for case in verdict(JOINS, "failed").cases
        ],
        "tasks": [],
    }
    began = timedelta(seconds=1.5)
    assert before - began <= run.started_at <= timezone.now() - began


@pytest.mark.parametrize("printed", ["a\0b", "half a pair: \ud800", "\\u0000", "é"])
def test_verdict_is_kept_as_it_was_printed(printed):
    found = dataclasses.replace(verdict(JOINS), output=printed)
    run = runs.store(found, None, kata=JOINS)
    kept = models.Run.objects.get(pk=run.pk).judgement.verdict
    assert json.dumps(kept) == json.dumps(found.to_json())


def test_run_without_files_has_no_snapshot():
    assert store().snapshot is None
    assert models.Snapshot.objects.count() == 0


def test_snapshot_is_kept_once_a_checksum():
    first, second, third = store(files=files()), store(files=files()), store(files=files(b"other"))
    assert first.snapshot_id == second.snapshot_id != third.snapshot_id
    assert models.Snapshot.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "encoded"),
    [
        (b"", ""),
        ("é\r\n".encode(), "é\r\n"),
        (b"\xff\x00", {"base64": "/wA="}),
        (b"a\x00b", {"base64": "YQBi"}),  # PostgreSQL has no such text
    ],
)
def test_files_come_back_byte_for_byte(content, encoded):
    assert runs.encode({"a/b.py": content}) == {"a/b.py": encoded}
    run = store(files=files(content))
    found = runs.find(JOINS, run.pk)
    assert runs.decode(found.snapshot.files) == {"exercise.py": content}


def test_long_names_are_cut():
    run = store(make("long", 3), source="s" * 600)
    assert len(run.source) == 500
    assert len(runs.row(dataclasses.replace(JOINS, title="t" * 300)).title) == 200


def test_row_follows_its_folder():
    store()
    moved = dataclasses.replace(JOINS, folder=JOINS.folder.parents[1] / "web" / "join", title="New")
    runs.row(moved)
    row = models.Kata.objects.get()
    assert (row.slug, row.track, row.title, row.level) == ("join", "web", "New", 2)
    assert runs.progress().keys() == {JOINS.uuid}


def test_sync_makes_and_mends_rows_and_keeps_those_whose_folder_is_gone():
    for kata in (JOINS, FILTER):
        runs.row(kata)
    gone = runs.sync([dataclasses.replace(JOINS, level=4), make("annotate", 3)])
    assert gone == {FILTER.uuid}
    found = models.Kata.objects.order_by("uuid").values_list("slug", "level")
    assert list(found) == [("joins", 4), ("filter", 2), ("annotate", 2)]


def test_progress_counts_runs_of_ones_own_file(other):
    last = store(JOINS, "failed").started_at
    store(JOINS, "passed", "solution")
    store(JOINS, "passed", learner=other)
    store(JOINS, "error", "/tmp/x")
    passed = store(FILTER, "passed").started_at
    assert runs.progress() == {
        JOINS.uuid: Progress(runs=1, passed=False, last=last),
        FILTER.uuid: Progress(runs=1, passed=True, last=passed),
    }
    assert (runs.has_passed(JOINS), runs.has_passed(FILTER)) == (False, True)


def test_day_sums_the_runs_of_ones_own_file_and_knows_their_numbers(other):
    first = store(JOINS, "failed")
    store(JOINS, "passed", "solution")
    store(FILTER, "passed")
    last = store(JOINS, "failed", "stub")
    store(JOINS, "passed", learner=other)
    day = models.Day.objects.get(learner=first.learner)
    assert day.date == timezone.localdate(first.started_at)
    assert (day.runs, day.passes, day.first, day.last) == (2, 1, first.pk, last.pk)
    assert models.Day.objects.get(learner=other).runs == 1


def test_runs_from_before_there_were_days_have_theirs():
    first, last = store(JOINS, "failed"), store(JOINS, "passed")
    expected = list(models.Day.objects.values("learner", "date", "runs", "passes", "first", "last"))
    models.Day.objects.all().delete()
    import_module("core.migrations.0007_days").fill(apps, None)
    found = list(models.Day.objects.values("learner", "date", "runs", "passes", "first", "last"))
    assert found == expected
    assert (found[0]["first"], found[0]["last"]) == (first.pk, last.pk)


def test_pass_is_kept_through_later_failures():
    for status in ("failed", "passed", "failed"):
        store(JOINS, status)
    assert runs.has_passed(JOINS)
    assert runs.progress()[JOINS.uuid].runs == 3


def test_standing_sums_up_the_runs_of_ones_own_file(other):
    for status, seconds in (("failed", 1), ("passed", 3), ("passed", 2), ("error", 1)):
        runs.store(dataclasses.replace(verdict(JOINS, status), duration=seconds), None, kata=JOINS)
    store(JOINS, "passed", "solution")
    store(JOINS, "passed", learner=other)
    standing = models.Standing.objects.get(learner__username="learner")
    own = models.Run.objects.filter(learner=standing.learner, source="exercise").order_by("pk")
    assert (standing.runs, standing.passes, standing.best) == (4, 2, 2.0)
    assert (standing.status, standing.last) == ("error", own[3])
    assert (standing.passed_at, standing.last_at) == (own[1].started_at, own[3].started_at)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), (None, None)),
        (((3, None),), (None, None)),
        (((1, 1), (9, 3), (4, 2)), (9, 3)),
        (((0, 0), (1, 2)), (1, 2)),
        (((5, 0), (9, 3)), (5, 0)),
    ],
)
def test_run_keeps_the_queries_that_are_nearest_their_budget(values, expected):
    measured = tuple(Measurement("queries", "f()", *each) for each in values)
    cases = (Case("One::test_a", 1, Status.PASSED, measurements=measured),)
    run = runs.store(dataclasses.replace(verdict(JOINS), cases=cases), None, kata=JOINS)
    assert (run.queries, run.budget) == expected


def test_nothing_was_run():
    assert (runs.progress(), runs.focus(), runs.history(JOINS)) == ({}, None, [])
    assert (runs.has_passed(JOINS), runs.last_verdict(JOINS), runs.find(JOINS, 1)) == (
        False,
        None,
        None,
    )


def test_history_is_ones_own_newest_first(other):
    mine = [store(JOINS, status).pk for status in ("failed", "error", "passed")]
    store(JOINS, learner=other)
    store(FILTER)
    assert [run.pk for run in runs.history(JOINS)] == mine[::-1]
    assert [run.pk for run in runs.history(JOINS, limit=2)] == mine[:0:-1]


@pytest.mark.parametrize("number", [0, -1, 2**70])
def test_find_no_run_of_such_a_number(number):
    assert runs.find(JOINS, number) is None


def test_find_only_ones_own_run_of_that_kata(other):
    own, others, second = store(), store(learner=other), store(FILTER)
    assert runs.find(JOINS, own.pk) == own
    assert runs.find(JOINS, others.pk) is None
    assert runs.find(JOINS, second.pk) is None


def test_last_verdict_is_of_ones_own_file():
    store(JOINS, "failed")
    store(JOINS, "passed", "solution")
    store(FILTER)
    assert runs.last_verdict(JOINS)["status"] == "failed"


def test_focus_is_the_kata_of_the_newest_run(other):
    store(FILTER)
    store(JOINS, source="stub")
    store(FILTER, learner=other)
    assert runs.focus() == "joins"


def test_newest_is_by_time_also_where_rows_came_later(other):
    """As after an import: what was judged elsewhere and earlier has higher numbers."""
    newest = store(JOINS, "failed", files=files(b"new"))
    for days in (2, 1):
        old = store(FILTER if days == 2 else JOINS, "passed", files=files(b"old %d" % days))
        models.Run.objects.filter(pk=old.pk).update(
            started_at=timezone.now() - timedelta(days=days)
        )
    assert runs.focus() == "joins"
    assert [run.pk for run in runs.history(JOINS)] == [newest.pk, old.pk]
    assert runs.attempts(JOINS) == (old, newest)
    assert runs.last_verdict(JOINS)["status"] == "failed"


def test_help_that_was_taken_again_was_taken_now():
    runs.take_help(JOINS, Help.Kind.HINT, task=1, step=1)
    first = Help.objects.get().at
    assert runs.hints_shown(JOINS, 1, since=first) == 0
    runs.take_help(JOINS, Help.Kind.HINT, task=1, step=1)
    assert runs.hints_shown(JOINS, 1, since=first) == 1
    assert runs.gave_up_at(JOINS) is None


def test_hints_are_counted_by_task_each_step_once():
    for task, step in [(1, 1), (1, 1), (1, 2), (2, 1)]:
        runs.take_help(JOINS, Help.Kind.HINT, task=task, step=step)
    runs.take_help(FILTER, Help.Kind.HINT, task=2, step=2)
    assert [runs.hints_shown(JOINS, task) for task in (1, 2, 3)] == [2, 1, 0]
    assert not runs.gave_up(JOINS)


def test_giving_up_is_remembered_once_for_its_kata(other):
    for _ in range(2):
        runs.take_help(JOINS, Help.Kind.GAVE_UP)
    kata = runs.row(FILTER)
    Help.objects.create(kata=kata, learner=other, kind=Help.Kind.GAVE_UP)
    assert (runs.gave_up(JOINS), runs.gave_up(FILTER)) == (True, False)
    assert runs.hints_shown(JOINS, 0) == 0
    assert Help.objects.count() == 2


def test_error_local_learner_is_gone():
    get_user_model().objects.all().delete()
    with pytest.raises(KataError) as caught:
        store()
    assert str(caught.value) == (
        "There is no user 'learner', who works on this machine.\n"
        "Make it again: `python manage.py createsuperuser --username learner`."
    )
    assert models.Run.objects.count() == 0


QUERIES = {
    # store: savepoint and release, then kata, snapshot, learner, run, judgement, standing
    "store": (lambda: store(files=files()), 9),
    "row": (lambda: runs.row(JOINS), 1),
    "sync, nothing new": (lambda: runs.sync([JOINS, FILTER]), 1),
    "sync, all new": (lambda: runs.sync([make(f"new_{n}", 100 + n) for n in range(50)]), 2),
    "progress": (runs.progress, 1),
    "has_passed": (lambda: runs.has_passed(JOINS), 1),
    "gave_up": (lambda: runs.gave_up(JOINS), 1),
    "hints_shown": (lambda: runs.hints_shown(JOINS, 1), 1),
    "take_help": (lambda: runs.take_help(JOINS, Help.Kind.HINT, task=1, step=1), 3),
    "history": (lambda: [run.status for run in runs.history(JOINS)], 1),
    "find": (lambda: runs.find(FILTER, models.Run.objects.latest("pk").pk).snapshot, 2),
    "last_verdict": (lambda: runs.last_verdict(JOINS), 1),
    "focus": (runs.focus, 1),
    # the learner, sums, last runs, delete, insert: however many katas
    "restand": (lambda: standings.restand(runs.local_learner(), [JOINS.uuid, FILTER.uuid]), 5),
    # the learner, runs, grades, delete, insert
    "recount_days": (lambda: standings.recount_days(runs.local_learner()), 5),
}


@pytest.mark.parametrize("name", QUERIES)
def test_queries_do_not_grow_with_what_is_stored(name, django_assert_num_queries):
    for kata in (JOINS, FILTER):
        for _ in range(10):
            store(kata, files=files())
    runs.take_help(JOINS, Help.Kind.HINT, task=1, step=1)
    call, queries = QUERIES[name]
    with django_assert_num_queries(queries):
        call()


@pytest.mark.usefixtures("on_sqlite")
@pytest.mark.parametrize("call", [runs.focus, lambda: runs.history(JOINS)])
def test_newest_runs_come_in_the_order_of_an_index(call, django_assert_num_queries):
    store()
    with django_assert_num_queries(1) as asked:
        call()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        plan = "\n".join(row[3] for row in cursor.fetchall())
    assert "INDEX run_by_" in plan
    assert "TEMP B-TREE" not in plan


def test_focus_and_history_leave_the_verdicts_in_the_database(django_assert_num_queries):
    store()
    for call in (runs.focus, lambda: runs.history(JOINS)):
        with django_assert_num_queries(1) as asked:
            call()
        assert "core_judgement" not in asked[0]["sql"]
