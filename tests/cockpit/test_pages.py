"""The front page, a kata's page, a run's page, two runs side by side."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.checks import run_checks

from core import models, runs
from core.catalogue import catalogue
from core.cockpit import export, judged, kata_page
from core.documents import hints
from tests.cockpit.verdicts import verdict
from tests.conftest import ROOT

STUB = "x = 1\n"


@pytest.fixture
def page_of(me):
    def get(kata):
        response = me.get(f"/admin/katas/{kata.slug}/")
        assert response.status_code == 200
        return response.content.decode()

    return get


def words(html: str) -> str:
    """The text as it reads: tags inside a word join, others part."""
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?(span|code|strong|em)\b[^>]*>", "", html))
    return " ".join(unescape(text).split())


class TestFront:
    def test_before_the_first_run(self, me):
        page = words(me.get("/admin/").content.decode())
        assert "Next Read lines with an iterator of your own" in page
        assert f"0 of {len(catalogue().katas)} katas passed" in page
        assert "No run yet." in page

    def test_progress_by_track_and_recent_runs(self, me, store, kata):
        store(kata, "passed", queries=1)
        store(kata, "failed", source="wrong/one_level")
        page = me.get("/admin/").content.decode()
        orm = len(catalogue("orm").katas)
        assert f'<progress max="{orm}" value="1" aria-label="orm: 1 of {orm} passed">' in page
        found = words(page)
        assert f"1 of {len(catalogue().katas)} katas passed" in found
        assert "joined wrong/one_level ✗ failed" in found
        assert "✓ passed 4 of 4 1 / 1 1.5 s just now" in found

    def test_a_folder_that_does_not_read_is_told_of(self, me, kata):
        (kata.folder / "kata.toml").write_text("title = 'x'")
        assert "the field 'uuid' is missing" in words(me.get("/admin/").content.decode())

    def test_error_wrong_path_of_katas_is_a_sentence(self, me, monkeypatch):
        monkeypatch.setenv("KATA_PATH", "/nowhere/at_all")
        response = me.get("/admin/")
        assert response.status_code == 409
        assert "KATA_PATH names /nowhere/at_all" in words(response.content.decode())

    def test_an_address_alone_leads_here(self, me):
        assert me.get("/").url == "/admin/"

    def test_staff_who_may_not_look_at_katas_get_the_tables(self, client, db):
        staff = get_user_model().objects.create_user("staff", is_staff=True)
        client.force_login(staff)
        page = client.get("/admin/").content.decode()
        assert "You may not look at katas." in page
        assert 'href="/admin/core/kata/"' not in page
        assert client.get("/admin/tables/").status_code == 200


class TestKata:
    def test_brief_stands_by_task(self, page_of, kata):
        found = words(page_of(kata))
        assert "Brief The packing desk prints a list" in found
        assert "○ new 1 The packing list in one query packing_list(limit) shows" in found
        assert found.index("See it") > found.index("A relation that can be empty")
        assert "Not run yet." in found

    def test_verdict_is_told_case_by_case(self, page_of, store, kata):
        store(kata, "failed")
        found = words(page_of(kata))
        assert "✗ failed 2 of 4 cases pass" not in found
        assert "✗ failed 1 of 4 cases pass 1.5 s" in found
        assert "a · ten 41 queries, expected at most 1 query" in found
        assert "call packing_list(10) got 41 queries expected at most 1 query" in found
        assert "10 exercise.py:14 SELECT … FROM orders WHERE id = %s 2.00" in found
        assert "TypeError: 'NoneType' is not iterable exercise.py:3" in found
        assert "Queries by size of data: grows with the data" in found
        assert "1 5 1.0 4 17 4.0 16 65 16.0 64 257 64.0" in found

    def test_lines_show_their_queries_until_the_file_changes(self, page_of, store, kata):
        code = "\n" * 13 + "ask()\n"
        (kata.folder / "exercise.py").write_text(code)
        store(kata, "failed", code=code)
        page = page_of(kata)
        assert 'data-line="14"' in page
        assert "ask () 10 queries" in words(page).replace("ask()", "ask ()")
        (kata.folder / "exercise.py").write_text("other()\n")
        found = words(page_of(kata))
        assert "The file has changed since this run." in found
        assert "10 queries" not in found

    def test_file_opens_in_the_editor(self, page_of, kata):
        assert f'href="vscode://file{kata.folder}/exercise.py:1"' in page_of(kata)

    def test_file_that_cannot_be_read_is_told_of(self, page_of, kata):
        (kata.folder / "exercise.py").unlink()
        assert "exercise.py is missing." in words(page_of(kata))

    def test_answer_opens_with_a_pass(self, page_of, store, kata):
        store(kata, "failed")
        assert "Named paths only." not in page_of(kata)
        store(kata, "passed")
        found = words(page_of(kata))
        assert "A join costs the database little" in found
        assert "Named paths only." in found

    def test_giving_up_is_remembered_and_opens_it(self, me, page_of, kata):
        response = me.post(f"/admin/katas/{kata.slug}/give-up/")
        assert response.url == f"/admin/katas/{kata.slug}/#answer"
        assert runs.gave_up(kata)
        assert "you gave up" in words(page_of(kata))

    def test_hints_come_one_at_a_time_and_are_remembered(self, me, page_of, kata):
        path = f"/admin/katas/{kata.slug}/hint/2/"
        first, second, _ = hints(kata)[2]
        assert first not in words(page_of(kata))
        assert me.post(path).url == f"/admin/katas/{kata.slug}/#hints-2"
        assert runs.hints_shown(kata, 2) == 1
        assert first in words(page_of(kata))
        part = words(me.post(path, headers={"HX-Request": "true"}).content.decode())
        assert part.startswith(f"{first} {second} One hint more for task 2 1 left")
        me.post(path)
        me.post(path)
        assert runs.hints_shown(kata, 2) == 3
        assert runs.hints_shown(kata, 1) == 0
        assert "That was the last hint." in words(page_of(kata))

    def test_attempts_are_plotted_and_tabled(self, page_of, store, kata):
        made = [store(kata, "failed", queries=41), store(kata, "passed", queries=1)]
        page = page_of(kata)
        assert f"Run {made[0].pk}: 41 queries, not passed" in page
        assert f"Run {made[1].pk}: 1 queries, passed" in page
        assert "budget 1" in page

    def test_verdict_of_another_version_is_told_of(self, page_of, store, kata):
        run = store(kata)
        models.Judgement.objects.filter(run=run).update(verdict={"version": 99})
        assert "written by another version" in words(page_of(kata))

    def test_kata_without_documents(self, page_of, kata):
        for name in ("README.md", "hints.md", "why.md"):
            (kata.folder / name).unlink()
        runs.take_help(kata, "gave_up")
        assert "joined has no README.md." in words(page_of(kata))

    def test_error_document_that_does_not_read_is_a_sentence(self, me, kata):
        (kata.folder / "why.md").write_bytes(b"\xff")
        response = me.post(f"/admin/katas/{kata.slug}/give-up/", follow=True)
        assert response.status_code == 409
        found = words(response.content.decode())
        assert "why.md is not UTF-8 text (byte 0). Save the file as UTF-8." in found

    @pytest.mark.parametrize("slug", ["nothing", "..", "joined/extra"])
    def test_error_unknown_kata(self, me, kata, slug):
        assert me.get(f"/admin/katas/{slug}/").status_code == 404

    def test_error_hint_of_a_task_that_is_not_there(self, me, kata):
        assert me.post(f"/admin/katas/{kata.slug}/hint/9/").status_code == 404

    def test_reading_alone_changes_nothing(self, me, kata):
        assert me.get(f"/admin/katas/{kata.slug}/hint/1/").status_code == 405
        assert me.get(f"/admin/katas/{kata.slug}/give-up/").status_code == 405
        me.get(f"/admin/katas/{kata.slug}/")
        assert not models.Help.objects.exists()
        assert not models.Kata.objects.filter(pk=kata.uuid).exists()


class TestRun:
    def test_shows_what_was_judged_and_the_runs_beside_it(self, me, store, kata):
        made = [store(kata, code=f"x = {number}\n") for number in range(3)]
        page = me.get(f"/admin/runs/{made[1].pk}/").content.decode()
        assert f'href="/admin/runs/{made[0].pk}/"' in page
        assert f'href="/admin/runs/{made[2].pk}/"' in page
        assert "x = 1" in words(page)
        assert "seed 7" in words(page)

    def test_error_in_the_run_as_a_whole(self, me, store, kata):
        run = store(kata, "error", output="printed before")
        found = words(me.get(f"/admin/runs/{run.pk}/").content.decode())
        assert "SyntaxError: invalid syntax Mend it." in found
        assert "printed before" in found

    def test_run_without_a_verdict_yet(self, me, learner, kata):
        waiting = {"source": "exercise", "status": "queued"}
        run = models.Run.objects.create(kata=runs.row(kata), learner=learner, **waiting)
        found = words(me.get(f"/admin/runs/{run.pk}/").content.decode())
        assert "… queued" in found
        assert "No files were kept." in found

    def test_error_no_such_run(self, me):
        for number in ("0", "999", "99999999999999999999999"):
            assert me.get(f"/admin/runs/{number}/").status_code == 404


class TestCompare:
    def test_shows_cases_queries_and_code(self, me, store, kata):
        old = store(kata, "failed", code="x = 1\n")
        new = store(kata, "passed", code="x = 2\n", queries=1)
        path = f"/admin/katas/{kata.slug}/compare/?old={old.pk}&new={new.pk}"
        found = words(me.get(path).content.decode())
        assert "✗ failed → then ✓ passed a · ten" in found
        assert "-x = 1 +x = 2" in found

    def test_error_runs_that_are_not_there_or_not_theirs(self, me, store, kata, make_kata):
        mine, elsewhere = store(kata), store(make_kata("apart"))
        theirs = store(kata, whose=get_user_model().objects.create(username="other"))
        for new in (elsewhere.pk, theirs.pk, 999):
            path = f"/admin/katas/{kata.slug}/compare/?old={mine.pk}&new={new}"
            assert me.get(path).status_code == 404
        path = f"/admin/katas/{kata.slug}/compare/?old={mine.pk}&new=x"
        assert me.get(path).status_code == 400

    def test_error_verdict_of_another_version(self, me, store, kata):
        old, new = store(kata), store(kata)
        models.Judgement.objects.filter(run=old).update(verdict={"version": 99})
        response = me.get(f"/admin/katas/{kata.slug}/compare/?old={old.pk}&new={new.pk}")
        assert response.status_code == 409
        found = words(response.content.decode())
        assert f"Runs {old.pk} and {new.pk} cannot be compared" in found


class TestReset:
    def test_asks_first(self, me, kata):
        (kata.folder / "exercise.py").write_text("mine\n")
        found = words(me.get(f"/admin/reset/?kata={kata.slug}").content.decode())
        assert "Start afresh? Fresh files take the place of yours." in found
        assert (kata.folder / "exercise.py").read_text() == "mine\n"

    def test_moves_the_file_to_the_history(self, me, kata, page_of):
        (kata.folder / "exercise.py").write_text("mine\n")
        response = me.post("/admin/reset/", {"kata": kata.slug})
        assert response.url == f"/admin/katas/{kata.slug}/"
        shipped = (kata.folder / "author" / "stub" / "exercise.py").read_text()
        assert (kata.folder / "exercise.py").read_text() == shipped
        found = re.search(r"Started joined afresh\. Yours is in (\S+)\.", words(page_of(kata)))
        assert (ROOT / found[1] / "exercise.py").read_text() == "mine\n"
        me.post("/admin/reset/", {"kata": kata.slug})
        assert "Nothing to do: joined is as shipped already." in words(page_of(kata))

    def test_several_from_the_list(self, me, kata, make_kata):
        apart = make_kata("apart")
        for each in (kata, apart):
            (each.folder / "exercise.py").write_text("mine\n")
        me.get("/admin/core/kata/")
        chosen = {"action": "reset", "_selected_action": [kata.uuid, apart.uuid]}
        asks = me.post("/admin/core/kata/", chosen).url
        assert asks == "/admin/reset/?kata=apart&kata=joined"
        assert me.post("/admin/reset/", {"kata": ["apart", "joined"]}).url == "/admin/core/kata/"
        assert "mine" not in (apart.folder / "exercise.py").read_text()
        assert "mine" not in (kata.folder / "exercise.py").read_text()

    def test_error_kata_without_a_stub(self, me, kata, page_of):
        shutil.rmtree(kata.folder / "author" / "stub")
        me.post("/admin/reset/", {"kata": kata.slug})
        assert "Not done: joined has no author/stub to start afresh from." in words(page_of(kata))

    def test_error_no_or_an_unknown_kata(self, me):
        for path in ("/admin/reset/", "/admin/reset/?kata=nothing"):
            assert me.get(path).status_code == 404
        assert me.post("/admin/reset/", {"kata": "../joined"}).status_code == 404

    def test_who_may_only_look_is_not_offered_it(self, client, db, kata):
        staff = get_user_model().objects.create_user("staff", is_staff=True)
        staff.user_permissions.set(Permission.objects.filter(codename="view_kata"))
        client.force_login(staff)
        assert "Start afresh" not in client.get(f"/admin/katas/{kata.slug}/").content.decode()
        assert "Start the selected" not in client.get("/admin/core/kata/").content.decode()
        assert client.post("/admin/reset/", {"kata": kata.slug}).status_code == 403


class TestExport:
    def rows(self, response):
        return b"".join(response.streaming_content).decode()

    def test_csv_has_a_line_a_run(self, me, store, kata):
        store(kata, "failed")
        store(kata, "passed", queries=1)
        response = me.get("/admin/runs/export.csv", {"status": "passed"})
        found = list(csv.DictReader(io.StringIO(self.rows(response))))
        assert [row["status"] for row in found] == ["passed"]
        assert (found[0]["kata"], found[0]["queries"], found[0]["seed"]) == ("joined", "1", "7")
        assert response["Content-Disposition"] == 'attachment; filename="runs.csv"'

    def test_json_is_one_array(self, me, store, kata):
        assert json.loads(self.rows(me.get("/admin/runs/export.json"))) == []
        made = [store(kata).pk, store(kata).pk]
        found = json.loads(self.rows(me.get("/admin/runs/export.json")))
        assert [row["run"] for row in found] == made[::-1]
        assert list(found[0]) == list(export.COLUMNS)

    @pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝"])
    def test_a_formula_is_text_in_a_spreadsheet(self, me, store, kata, sign):
        store(kata, source=f"{sign}cmd|' /C calc'!A0")
        found = list(csv.DictReader(io.StringIO(self.rows(me.get("/admin/runs/export.csv")))))
        assert found[0]["source"].startswith(f"'{sign}")

    def test_a_million_are_never_in_memory(self, me, store, kata):
        store(kata)
        response = me.get("/admin/runs/export.csv")
        assert response.streaming
        next(iter(response.streaming_content))

    def test_others_runs_are_not_in_it(self, me, store, kata):
        store(kata, whose=get_user_model().objects.create(username="other"))
        assert json.loads(self.rows(me.get("/admin/runs/export.json"))) == []

    def test_error_unknown_kind(self, me):
        assert me.get("/admin/runs/export.xls").status_code == 404
        assert me.get("/admin/runs/export.csv?status=happy").status_code == 400


@pytest.mark.parametrize(
    "path", ["", "katas/joined/", "runs/{run}/", "katas/joined/compare/?old={run}&new={run}"]
)
def test_page_costs_the_same_few_queries_whatever_the_history(
    me, store, kata, path, django_assert_max_num_queries
):
    counts = set()
    run = store(kata)
    for count in (2, kata_page.PLOTTED + 5):
        for _ in range(count):
            store(kata)
        for task in (1, 2):
            runs.take_help(kata, "hint", task=task, step=count)
        with django_assert_max_num_queries(10) as captured:
            assert me.get(f"/admin/{path.format(run=run.pk)}").status_code == 200
        counts.add(len(captured))
    assert len(counts) == 1


PATHS = [
    "",
    "core/kata/",
    "core/run/",
    "katas/joined/",
    "katas/joined/compare/?old={run}&new={run}",
    "runs/{run}/",
    "runs/export.csv",
    "runs/export.json",
    "tables/",
]
POSTS = ["katas/joined/hint/1/", "katas/joined/give-up/", "reset/"]


@pytest.mark.parametrize("path", PATHS + POSTS)
@pytest.mark.parametrize("user", [None, "plain"])
def test_who_is_not_staff_gets_the_login_alone(client, store, kata, path, user):
    run = store(kata)
    if user:
        client.force_login(get_user_model().objects.create(username=user))
    method = client.post if path in POSTS else client.get
    response = method(f"/admin/{path.format(run=run.pk)}")
    assert response.status_code == 302
    assert response.url.startswith("/admin/login/?next=/admin/")
    assert not models.Help.objects.exists()


@pytest.mark.parametrize("path", [path for path in PATHS + POSTS if path not in ("", "tables/")])
def test_staff_need_the_permission(client, store, kata, path):
    run = store(kata)
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    method = client.post if path in POSTS else client.get
    assert method(f"/admin/{path.format(run=run.pk)}").status_code == 403
    assert not models.Help.objects.exists()


def test_staff_with_the_permissions_see_their_own(client, store, kata):
    run = store(kata)
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_kata", "view_run"]))
    client.force_login(staff)
    assert "Not run yet." in client.get("/admin/katas/joined/").content.decode()
    assert client.get(f"/admin/runs/{run.pk}/").status_code == 404
    client.post("/admin/katas/joined/hint/1/")
    assert models.Help.objects.get().learner == staff


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7|add:7 }}"


def test_hostile_markup_is_text_everywhere(me, store, make_kata):
    brief = f"# {EVIL}\n\n{EVIL} [go](javascript:alert(1))\n\n## 1. One\n\n```html\n{EVIL}\n```\n"
    kata = make_kata("evil", title="<script>alert(1)</script>", README__md=brief)
    (kata.folder / "hints.md").write_text(f"## 1.\n\n1. {EVIL}\n")
    (kata.folder / "why.md").write_text(EVIL)
    (kata.folder / "exercise.py").write_text(f"x = '''{EVIL}'''  # {EVIL}\n")
    runs.take_help(kata, "hint", task=1, step=1)
    old = store(kata, "failed", words=EVIL, output=EVIL, code=f"# {EVIL}\n")
    new = store(kata, "error", words=EVIL, output=EVIL, code=f"# 2 {EVIL}\n")
    store(kata, "passed", source=f"wrong/{EVIL}")
    store(kata, "passed")
    pages = ("", "core/kata/", "core/run/", f"core/run/?q={EVIL}", "katas/evil/")
    one = (f"runs/{old.pk}/", f"runs/{new.pk}/")
    for path in (*pages, *one, f"katas/evil/compare/?old={old.pk}&new={new.pk}"):
        page = me.get(f"/admin/{path}").content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert 'href="javascript:' not in page, path
        assert "14 }}" not in page, path


def test_policy_allows_nothing_inline(me, kata):
    for path in ("/admin/", "/admin/katas/joined/", "/admin/core/kata/", "/admin/login/"):
        response = me.get(path)
        policy = response["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        if path != "/admin/login/":
            page = response.content.decode()
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_judged_gives_nothing_for_what_it_cannot_read():
    assert judged.judged({"version": 2}) is None
    assert judged.judged({}) is None


def test_asked_is_the_most_that_a_line_asked_in_one_call(kata):
    assert judged.asked(verdict(kata), "exercise.py") == {14: 10}
    assert judged.asked(verdict(kata), "models.py") == {}


def test_commands_do_not_pay_for_pages():
    """`kata` starts in the time that it has: what the pages import is imported with the addresses."""
    code = (
        "import django, sys; django.setup();"
        "print([name for name in sys.modules if name.startswith(('core.cockpit.', 'markdown_it'))])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "core.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout == "['core.cockpit.apps']\n", done.stderr


def test_admin_checks_find_nothing():
    import_module(settings.ROOT_URLCONF)  # which registers what is checked
    assert run_checks() == []
