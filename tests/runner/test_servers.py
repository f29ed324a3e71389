"""Runs on real servers: every way to a database, a server that dies in the middle, all of them gone."""

import json
import time

import psycopg
import pytest

from core import catalogue
from core.needs.lease import holding
from core.needs.shares import shares
from core.runner.demo import demonstrate, measure
from core.runner.run import run
from core.runner.tables import shared_apps
from tests.conftest import copy_sample
from tests.runner.test_samples import golden

GONE = "Run it again: it is started anew."


@pytest.fixture(scope="module", autouse=True)
def _warm_servers():
    with holding():
        yield


def judged(name, **options):
    return run(catalogue.get(name), seed=1, **options)[0]


def configured(name, old, new, tmp_path, monkeypatch):
    """A copy of a sample with another line in its kata.toml."""
    folder = copy_sample(name, tmp_path, monkeypatch)
    text = (folder / "kata.toml").read_text()
    assert old in text
    (folder / "kata.toml").write_text(text.replace(old, new))
    return folder


@pytest.mark.parametrize("name", ["shelf", "bell"])
def test_warm_run_gives_the_same_verdict(name, samples, forker):
    cold, first, second = (
        judged(name),
        judged(name, launch=forker),
        judged(name, launch=forker),
    )
    assert cold.status == "passed"
    assert golden(cold) == golden(first) == golden(second)


def test_all_cases_run_on_each_database(tmp_path, monkeypatch, forker):
    old, new = '["memory", "file"]', '["memory", "postgres"]'
    configured("rows", old, new, tmp_path, monkeypatch)
    found = judged("rows", launch=forker)
    assert {case.id.rpartition(" ")[2] for case in found.cases} == {"[memory]", "[postgres]"}
    by_name = {case.id: case for case in found.cases}
    counts = [
        by_name[f"Words::test_words_in_one_query [{database}]"].measurements[0].value
        for database in ("memory", "postgres")
    ]
    assert counts == [3, 3]


def test_migrations_run_on_an_empty_database(tmp_path, monkeypatch, forker):
    old, new = 'database = "memory"', 'database = "postgres"'
    configured("migrated", old, new, tmp_path, monkeypatch)
    for launch in ({}, {"launch": forker}):
        assert judged("migrated", **launch).status == "passed"


def test_special_settings_have_tables_of_their_own(tmp_path, monkeypatch, forker):
    old, new = 'database = "memory"', 'database = "postgres"'
    configured("swapped_user", old, new, tmp_path, monkeypatch)
    for launch in ({}, {"launch": forker}):
        assert judged("swapped_user", **launch).status == "passed"


def test_tables_of_apps_that_settings_add_come_made(tmp_path, monkeypatch, forker):
    more = "\n\n[settings.add]\nINSTALLED_APPS = " + json.dumps(
        ["django.contrib.postgres", "django.contrib.sessions"]
    )
    old = 'database = "postgres"'
    configured("shelf", old, old + more, tmp_path, monkeypatch)
    kata = catalogue.get("shelf")
    for launch in ({}, {"launch": forker}):
        assert judged("shelf", **launch).status == "passed"
    with shares(kata, "postgres", apps=shared_apps(kata), make=False) as given:
        assert given.prepared  # the warm run left the template
        with psycopg.connect(given.environment["POSTGRES_URL"]) as connection:
            assert connection.execute("SELECT count(*) FROM django_session").fetchone() == (0,)


def test_threads_count_on_postgresql(tmp_path, monkeypatch, forker):
    folder = configured("rows", '["memory", "file"]', '"postgres"', tmp_path, monkeypatch)
    text = (folder / "tests.py").read_text()
    (folder / "tests.py").write_text(
        text.replace('connection.settings_dict["NAME"].endswith("kata.sqlite3")', "True")
    )
    case = next(case for case in judged("rows", launch=forker).cases if "thread" in case.id)
    assert (case.status, case.problem.got) == ("failed", "1 query")


EMPTIED = """
import pytest
from django.db import connection
from django.test import TransactionTestCase

from core.judge import expect

from .models import Seat

files = []


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


@pytest.mark.task(1)
class Emptied(TransactionTestCase):
    def setUp(self):
        files.append(ask("SELECT pg_relation_filenode('shelf_seat')"))
        self.there = Seat.objects.count()
        self.number = Seat.objects.create(number=1).pk

    def test_first(self):
        expect("numbers", self.number, 1)

    def test_after_a_row(self):
        expect("rows", self.there, 0)
        expect("numbers go on", self.number, 2)
        expect("the file is the same", files[1], files[0])
        ask(
            "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NULL; END'"
        )
        ask("CREATE TRIGGER kept BEFORE DELETE ON shelf_seat FOR EACH ROW EXECUTE FUNCTION nothing()")

    def test_where_a_trigger_keeps_rows(self):
        expect("rows", self.there, 0)
        expect("the file is another", files[2] != files[1], True)


@pytest.mark.task(1)
class FromOne(TransactionTestCase):
    reset_sequences = True

    def test_numbers_start_anew(self):
        expect("numbers", Seat.objects.create(number=1).pk, 1)
"""


def test_tables_are_emptied_between_cases(tmp_path, monkeypatch, forker):
    folder = copy_sample("shelf", tmp_path, monkeypatch)
    (folder / "tests.py").write_text(EMPTIED)
    (folder / "author" / "cases.json").unlink(missing_ok=True)
    cases = judged("shelf", launch=forker).cases
    assert [(case.id, case.status, case.problem) for case in cases if case.problem] == []
    assert len(cases) == 4


def test_demo_and_measure_talk_to_the_server(samples, forker):
    kata = catalogue.get("shelf")
    columns = {column.source: column for column in demonstrate(kata, size=3, launch=forker)}
    assert [call.value for call in columns["exercise"].calls] == [3]
    measured = {each.source: each for each in measure(kata)}
    assert [point.value for point in measured["exercise"].points["take(ada)"]] == [3, 3, 3, 3]
    assert measured["stub"].problem.message == ""


KILLS = """
import os, signal, time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.db import connection


def kill():
    {kill}


def take(user):
    kill()
    {then}
"""
KILL_POSTGRES = (
    'folder = parse_qs(urlsplit(os.environ["POSTGRES_URL"]).query)["host"][0]; '
    'pid = Path(folder, "postmaster.pid").read_text().split()[0]; os.kill(int(pid), signal.SIGKILL)'
)


@pytest.mark.parametrize("then", ["time.sleep(60)", 'connection.cursor().execute("SELECT 1")'])
def test_server_killed_in_the_middle_is_unavailable_and_there_again(
    then, own_servers, tmp_path, monkeypatch, forker
):
    folder = copy_sample("shelf", tmp_path, monkeypatch)
    good = (folder / "exercise.py").read_text()
    (folder / "exercise.py").write_text(KILLS.format(kill=KILL_POSTGRES, then=then))
    with (folder / "kata.toml").open("a") as file:
        file.write("\n[limits]\nseconds = 600\n")  # the server's end, not the limit, ends the run
    started = time.monotonic()
    found = judged("shelf", launch=forker)
    assert (found.status, found.problem.message, found.problem.hint) == (
        "unavailable",
        "PostgreSQL was ended by the signal SIGKILL.",
        GONE,
    )
    assert time.monotonic() - started < 60
    (folder / "exercise.py").write_text(good)
    assert judged("shelf", launch=forker).status == "passed"


def test_killed_valkey_is_unavailable_and_there_again(own_servers, tmp_path, monkeypatch, forker):
    folder = copy_sample("bell", tmp_path, monkeypatch)
    good = (folder / "exercise.py").read_text()
    kill = (
        'import redis; client = redis.Redis.from_url(os.environ["REDIS_URL"]); '
        'os.kill(client.info("server")["process_id"], signal.SIGKILL)'
    )
    text = KILLS.format(kill=kill, then="time.sleep(60)").replace("take(user)", "ring()")
    (folder / "exercise.py").write_text(text)
    found = judged("bell", launch=forker)
    assert (found.status, found.problem.message) == (
        "unavailable",
        "Redis was ended by the signal SIGKILL.",
    )
    (folder / "exercise.py").write_text(good)
    assert judged("bell", launch=forker).status == "passed"
