"""Progress as one JSON file: out, in again, merged; bad files are refused and change nothing."""

import dataclasses
import io
import json
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from core import catalogue, models, runs
from core.errors import KataError
from core.models import Card, Following, Help, Prediction, Review, Standing
from core.practice import cards, following, grading, questions
from core.source import Source
from core.transfer import files, load
from core.transfer.export import document
from core.verdict import Case, Measurement, Status, Verdict
from tests.practice.conftest import NOW

pytestmark = pytest.mark.django_db

GONE = "00000000-0000-4000-8000-0000000000aa"  # a kata that is not in the catalogue
TABLES = (models.Kata, models.Snapshot, models.Run, models.Judgement, Standing, Help)
TABLES += (Prediction, Card, Review, Following)


def judge(kata, clock, status="passed", *, seed=7, text=b"mine", learner=None):
    """A run, a minute later."""
    clock.forward(minutes=1)
    measured = (Measurement("queries", "f()", 2, 1),)
    cases = (Case("One::test_a", 1, Status(status), measurements=measured),)
    verdict = Verdict(
        kata.slug, kata.uuid, "exercise", "c", Status(status), seed, (), cases, duration=0.5
    )
    source = Source("exercise", kata.folder, {"exercise.py": text})
    return grading.store(verdict, source, kata=kata, learner=learner)


@pytest.fixture
def practised(kata, clock):
    """A learner with some of everything, also of a kata that has gone."""
    gone = dataclasses.replace(kata, uuid=GONE, folder=kata.folder.with_name("gone"))
    runs.predict(kata, "f()", 3, 2)
    judge(kata, clock, "failed", text=b"\xff\x00")
    runs.take_help(kata, Help.Kind.HINT, task=1, step=1)
    judge(kata, clock)
    judge(gone, clock, "timeout")
    cards.review(questions.due([kata])[0].card, Review.Rating.GOOD, seconds=9)
    clock.forward(days=3)
    grading.again(kata)
    judge(kata, clock, "failed")
    following.follow("interview")
    (kata.folder / "exercise.py").write_text("mine = 1\n")
    return kata


def export(learner=None) -> str:
    return "".join(document(learner or runs.local_learner(), Counter()))


def bring(text: str, learner=None):
    return load.load(io.StringIO(text), "it.json", learner or runs.local_learner())


def forget() -> None:
    for table in reversed(TABLES):
        table.objects.all().delete()


def everything() -> dict[str, list]:
    """All rows but for their numbers, which an import gives anew."""
    found = {}
    for table in TABLES:
        names = [
            field.attname
            for field in table._meta.fields
            if field.attname not in ("id", "run_id", "card_id", "last_id")
            and (table, field.attname) != (models.Snapshot, "made_at")
        ]
        found[table.__name__] = sorted(map(repr, table.objects.values_list(*names)))
    return found


def changed(text: str, change) -> str:
    value = json.loads(text)
    change(value)
    return json.dumps(value)


def test_document_holds_everything_once_a_line(practised):
    counts: Counter[str] = Counter()
    text = "".join(document(runs.local_learner(), counts))
    value = json.loads(text)
    assert list(value) == [
        *("format", "version", "exported_at", "path", "katas", "snapshots", "runs", "help"),
        *("predictions", "cards", "files"),
    ]
    assert {name: len(each) for name, each in value.items() if isinstance(each, list)} == {
        **{"katas": 2, "snapshots": 2, "runs": 4, "help": 1, "predictions": 1, "cards": 4},
        **{"files": 1},
    }
    assert counts["reviews"] == 2
    assert value["path"] == "interview"
    assert value["files"] == [{"kata": practised.uuid, "files": {"exercise.py": "mine = 1\n"}}]
    assert {"exercise.py": {"base64": "/wA="}} in [each["files"] for each in value["snapshots"]]
    lines = text.splitlines()
    assert len(lines) == 1 + 2 * 7 + 15 + 1  # the head, two a section, the records, the end


def test_import_into_nothing_brings_everything_back(practised):
    before, text = everything(), export()
    forget()
    new = bring(text).new
    assert everything() == before
    assert new == Counter(runs=4, help=1, predictions=1, cards=4, reviews=2)
    assert json.loads(export()) | {"exported_at": ""} == json.loads(text) | {"exported_at": ""}
    assert Standing.objects.get(kata=practised.uuid).last == models.Run.objects.latest("started_at")


def test_kata_that_is_planned_there_is_planned_here(practised):
    models.Review.objects.all().delete()
    models.Card.objects.all().delete()
    cards.mark([practised.uuid])
    planned, text = cards.due(), export()
    assert [each.planned for each in planned] == [True]
    models.Card.objects.update(due=None)  # here it was only tried
    bring(text)
    assert cards.due() == planned
    forget()
    bring(text)
    assert cards.due() == planned


def test_import_twice_changes_nothing(practised):
    text, before = export(), everything()
    numbers = [list(table.objects.values_list("pk", flat=True)) for table in TABLES]
    for _ in range(2):
        assert sum(bring(text).new.values()) == 0
    assert everything() == before
    assert [list(table.objects.values_list("pk", flat=True)) for table in TABLES] == numbers


def test_import_onto_other_progress_keeps_both(practised, clock):
    text = export()
    forget()
    clock.now = NOW - timedelta(days=5)
    runs.predict(practised, "g()", 1, 1)
    judge(practised, clock, seed=8)
    runs.take_help(practised, Help.Kind.HINT, task=1, step=2)
    following.follow("newcomer")
    bring(text)
    standing = Standing.objects.get(kata=practised.uuid)
    assert (standing.runs, standing.passes, standing.status) == (4, 2, "failed")
    assert standing.passed_at < NOW
    assert sorted(Help.objects.values_list("step", flat=True)) == [1, 2]
    assert Prediction.objects.get().call == "g()"
    assert following.followed().name == "newcomer"
    assert runs.focus() == "bounded"
    assert [run.seed for run in runs.history(practised)] == [7, 7, 7, 8]


def test_later_of_two_times_of_a_hint_counts(practised):
    text, late = export(), NOW + timedelta(days=99)
    Help.objects.update(at=late)
    bring(text)
    assert Help.objects.get().at == late
    Help.objects.update(at=NOW - timedelta(days=99))
    bring(text)
    assert Help.objects.get().at > NOW


def test_card_that_was_graded_here_and_there_has_all_grades(practised, clock):
    text = export()
    card = cards.of_kata(practised)
    forget()
    bring(text)
    Review.objects.filter(card__heading="").delete()
    Card.objects.filter(heading="").update(state=None)
    mine = cards.of_kata(practised)
    at = NOW + timedelta(days=1)
    clock.now = at
    cards.review(mine, Review.Rating.AGAIN)
    bring(text)
    merged = cards.of_kata(practised)
    assert [each.rating for each in merged.reviews.order_by("at")] == [2, 1]
    assert merged.state["last_review"] == at.isoformat()
    assert merged.state["stability"] not in (card.state["stability"], mine.state["stability"])
    assert merged.due == datetime.fromisoformat(merged.state["due"])


def test_card_with_more_grades_there_is_as_it_is_there(practised):
    text = export()
    wanted = Card.objects.values("due", "state", "opened_at", "tries").get(
        heading="", kata=practised.uuid
    )
    Review.objects.filter(card__heading="").delete()
    Card.objects.filter(heading="").update(state=None, due=None, tries=0, opened_at=NOW)
    bring(text)
    assert (
        Card.objects.values("due", "state", "opened_at", "tries").get(
            heading="", kata=practised.uuid
        )
        == wanted
    )


def test_progress_of_another_learner_is_neither_exported_nor_touched(practised, clock):
    other = get_user_model().objects.create(username="somebody")
    judge(practised, clock, learner=other, text=b"theirs")
    assert "theirs" not in export()
    before = export()
    bring(export(other))
    assert json.loads(export())["runs"] == [
        *json.loads(before)["runs"],
        *json.loads(export(other))["runs"],
    ]
    assert models.Run.objects.filter(learner=other).count() == 1


def test_runs_that_wait_are_not_exported(practised):
    models.Run.objects.create(
        kata=runs.row(practised), learner=runs.local_learner(), status="queued", queued_at=NOW
    )
    assert len(json.loads(export())["runs"]) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: v.update(format="x"), "it is no export of this workspace"),
        (lambda v: v.update(version=2), "it has version 2, and this workspace knows 1"),
        (lambda v: v.update(path=3), "the path 3 is no name"),
        (lambda v: v.pop("help"), "the list 'predictions' is not in its place, or not known"),
        (lambda v: v.pop("files"), "the list 'files' is missing"),
        (lambda v: v.update(more=[]), "the list 'more' is not in its place, or not known"),
        (lambda v: v["katas"].append(3), "katas, record 3: it is not a record"),
        (lambda v: v["katas"][0].update(uuid="x"), "katas, record 1: badly formed"),
        (lambda v: v["katas"][0].pop("level"), "katas, record 1: 'level' is missing"),
        (lambda v: v["katas"][0].update(color=1), "katas, record 1: 'color' is not known"),
        (
            lambda v: v["katas"].append(
                {**v["katas"][0], "uuid": str(uuid.UUID(int=5)), "slug": ""}
            ),
            "katas, record 3: 'slug': This field cannot be blank",
        ),
        (
            lambda v: v["snapshots"][0].update(files={"exercise.py": "other"}),
            "snapshots, record 1: the files of",
        ),
        (
            lambda v: v["snapshots"][0].update(files={"../../x.py": "other"}),
            "snapshots, record 1: the path '../../x.py' does not lie inside a kata",
        ),
        (
            lambda v: v["snapshots"][0].update(files={"x.py": {"hex": ""}}),
            "snapshots, record 1: a file is neither text nor base64",
        ),
        (lambda v: v["snapshots"].clear(), "runs: the files"),
        (lambda v: v["runs"][0].update(kata=str(uuid.UUID(int=9))), "runs, record 1: the kata"),
        (lambda v: v["runs"][1].update(started_at="x"), "runs, record 2: Invalid isoformat string"),
        (
            lambda v: v["runs"][1].update(started_at="2026-11-27T12:00"),
            "runs, record 2: the time '2026-11-27T12:00' has no zone",
        ),
        (
            lambda v: v["runs"][1].update(started_at="0001-01-01T00:00+09:00"),
            "runs, record 2: the time '0001-01-01T00:00+09:00' is out of range",
        ),
        (lambda v: v["runs"][2]["verdict"].update(status="fine"), "runs, record 3: 'fine' is not"),
        (lambda v: v["runs"][2]["verdict"].update(version=0), "runs, record 3: verdict version 0"),
        (lambda v: v["runs"][2]["verdict"].update(cases={}), "runs, record 3: not a Verdict"),
        (lambda v: v["runs"][2]["verdict"].update(seed=-1), "runs, record 3: 'seed': Ensure"),
        (lambda v: v["help"][0].update(kind="cake"), "help, record 1: 'kind': Value 'cake' is not"),
        (
            lambda v: v["help"][0].update(at=None),
            "help, record 1: not a HelpRecord: None is not str",
        ),
        (
            lambda v: v["predictions"][0].update(queries=-1, kata=GONE),
            "predictions, record 1: 'quer",
        ),
        (
            lambda v: v["predictions"][0].update(call="\ud800"),
            "predictions, record 1: 'call' is not text: half a character stands in it",
        ),
        (
            lambda v: v["predictions"][0].update(call="a\0"),
            "predictions, record 1: 'call' is not text: a zero byte stands in it",
        ),
        (lambda v: v["cards"][0]["reviews"][0].update(rating=5), "cards, record 1: 'rating'"),
        (lambda v: v["cards"][0].update(tries=2**70), "cards, record 1: 'tries': Ensure"),
        (lambda v: v["cards"].append(v["cards"][0]), "cards, record 5: this card stands there twi"),
        (
            lambda v: v["files"][0].update(files={"/etc/passwd": ""}),
            "files, record 1: the path '/etc/passwd' does not lie inside a kata",
        ),
    ],
)
def test_error_bad_document_is_refused_and_nothing_is_written(practised, change, message):
    text = changed(export(), change)
    Review.objects.all().delete()
    Card.objects.update(state=None)
    models.Run.objects.all().delete()
    models.Snapshot.objects.all().delete()
    before = everything()
    with pytest.raises(KataError) as caught:
        bring(text)
    assert caught.value.message.startswith(f"it.json cannot be imported: {message}")
    assert caught.value.hint.startswith("Nothing was changed.")
    assert everything() == before


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_error_document_that_was_cut_off_changes_nothing(practised, part):
    text = export()
    forget()
    with pytest.raises(KataError, match="it ends too soon"):
        bring(text[: int(len(text) * part)])
    assert everything() == {table.__name__: [] for table in TABLES}


def test_queries_grow_by_the_batch_and_not_by_the_run(practised, clock, monkeypatch):
    """Twice the runs in one batch cost the same."""

    def queries() -> int:
        text = export()
        forget()
        connection.force_debug_cursor = True
        monkeypatch.setattr(load, "reset_queries", lambda: None)
        before = len(connection.queries_log)
        bring(text)
        return len(connection.queries_log) - before

    for number in range(10):
        judge(practised, clock, seed=number)
    first = queries()
    for number in range(10):
        judge(practised, clock, seed=100 + number)
    assert queries() == first


def test_files_that_differ_are_found_and_put_in_place_with_the_old_in_the_history(practised):
    text = export()
    path = practised.folder / "exercise.py"
    assert files.differing(bring(text).files_of) == []
    path.write_text("theirs = 2\n")
    ((found, content),) = files.differing(bring(text).files_of)
    assert (found.slug, content) == ("bounded", {"exercise.py": b"mine = 1\n"})
    assert path.read_text() == "theirs = 2\n"
    kept = files.put(found, content)
    assert path.read_text() == "mine = 1\n"
    assert (kept / "exercise.py").read_text() == "theirs = 2\n"


def test_error_file_that_is_not_the_learners_is_not_put_in_place(practised):
    text = changed(export(), lambda v: v["files"][0].update(files={"tests.py": "pass"}))
    ((found, content),) = files.differing(bring(text).files_of)
    with pytest.raises(KataError, match=r"tests\.py is not a file that one edits in bounded"):
        files.put(found, content)
    assert "class One" in (practised.folder / "tests.py").read_text()


def test_files_of_a_kata_that_is_not_here_are_passed_over(practised):
    text = changed(export(), lambda v: v["files"][0].update(kata=GONE))
    assert files.differing(bring(text).files_of) == []
    assert GONE not in {kata.uuid for kata in catalogue.catalogue().katas}


def test_moments_keep_their_microseconds(practised):
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    models.Run.objects.filter(pk=models.Run.objects.first().pk).update(started_at=at)
    text = export()
    forget()
    bring(text)
    assert models.Run.objects.order_by("started_at").first().started_at == at
