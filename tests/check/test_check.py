"""The whole check: the same twice, what it writes and when, katas elsewhere, needs."""

import dataclasses
import json
import shutil

import pytest
from django.core.management import call_command

from core import catalogue
from core.check.check import Checked, check
from tests.check.conftest import SOLUTION, SOUND, TOML, make

CASES = "author/cases.json"


@pytest.fixture
def prove(forker):
    """Check one kata."""

    def one(kata, **options) -> Checked:
        (checked,) = check((kata,), launch=forker, **options)
        return checked

    return one


def sound(slug: str) -> Checked:
    return Checked(kata=slug, track="basics", cases=3, wrong=2, findings=())


def rules(checked: Checked) -> list[str]:
    return [f"{each.rule}: {each.message}" for each in checked.findings]


def test_sound_kata_has_no_findings_twice(workspace, forker):
    katas = make(workspace, "first"), make(workspace, "second")
    told = []
    checked = check(katas, launch=forker, progress=told.append)
    assert checked == [sound("first"), sound("second")]
    assert told == list(katas)
    assert check(katas, launch=forker) == checked


def test_broken_kata_gives_the_same_findings_twice(workspace, prove):
    kata = make(workspace, "twice", {"author/solution/exercise.py": "import nothing_here\n"})
    first = prove(kata)
    assert rules(first) == ["solution: with seed 1 it is error: No module named 'nothing_here'"]
    assert prove(kata) == first


def test_cold_and_warm_agree(workspace, forker):
    kata = make(workspace, "cold")
    assert check((kata,)) == check((kata,), launch=forker)


def test_cases_are_written_only_when_asked(workspace, prove):
    kata = make(workspace, "unwritten", {CASES: None})
    path = kata.folder / CASES
    assert rules(prove(kata)) == ["cases: the file is missing"]
    assert not path.exists()
    assert prove(kata, write=True) == sound("unwritten")
    assert path.read_bytes() == (make(workspace, "as_made").folder / CASES).read_bytes()


@pytest.mark.parametrize("content", ["{", "[]", '{"tests": "", "cases": {}}', "\0"])
def test_cases_that_are_wrong_are_written_anew(workspace, prove, content):
    kata = make(workspace, "rewritten", {CASES: content})
    assert prove(kata, write=True) == sound("rewritten")


def test_cases_that_are_right_are_not_touched(workspace, prove):
    kata = make(workspace, "untouched")
    before = (kata.folder / CASES).stat().st_mtime_ns
    prove(kata, write=True)
    assert (kata.folder / CASES).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "text", ["import nothing_here\n", SOLUTION.replace("n * 2", "n * 3")], ids=["error", "failed"]
)
def test_cases_are_not_written_for_a_solution_that_does_not_pass(workspace, prove, text):
    kata = make(workspace, "unsolved", {"author/solution/exercise.py": text, CASES: "{}"})
    checked = prove(kata, write=True)
    assert [each.rule for each in checked.findings] == ["solution", "cases"]
    assert (kata.folder / CASES).read_text() == "{}"


def test_error_cases_that_cannot_be_written(workspace, prove, monkeypatch):
    kata = make(workspace, "read_only", {CASES: None})
    (kata.folder / CASES).mkdir()
    assert rules(prove(kata, write=True)) == [
        "cases: Is a directory",
        "cases: it is not JSON of cases",
    ]


def test_kata_whose_need_is_missing_is_not_run(workspace, prove, monkeypatch):
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    kata = make(workspace, "needy", {"kata.toml": 'needs = ["elasticsearch"]\n' + TOML})
    words = "needy needs Elasticsearch, and there is none here."
    assert prove(kata) == dataclasses.replace(sound("needy"), cases=0, unavailable=words)


def test_kata_whose_server_cannot_be_used_is_not_run(workspace, prove, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "http://localhost")
    kata = make(workspace, "needy", {"kata.toml": 'needs = ["redis"]\n' + TOML})
    found = prove(kata)
    assert found.findings == ()
    assert found.unavailable.startswith("Redis cannot be used: Redis URL must specify one of")


def test_kata_with_a_server_is_proved(workspace, prove):
    kata = make(workspace, "served", {"kata.toml": 'needs = ["redis"]\n' + TOML})
    assert prove(kata) == sound("served")


def test_every_database_is_run(workspace, prove):
    kata = make(workspace, "both", {"kata.toml": 'database = ["memory", "file"]\n' + TOML})
    assert prove(kata) == dataclasses.replace(sound("both"), cases=6)


PLAIN = """\
import unittest

from . import exercise


class Plain(unittest.TestCase):
    def test_double(self):
        self.assertEqual(exercise.double(2), 4)
"""


@pytest.fixture
def elsewhere(workspace, monkeypatch):
    """Make a kata of a root that is not the workspace's own: only what must be there."""
    toml = TOML[: TOML.index("[[wrong]]")].replace(', "Double a list"', "")

    def kata(slug: str, *paths: str, **changes):
        kept = ("kata.toml", "exercise.py", *paths)
        files = dict.fromkeys(path for path in SOUND if path not in kept)
        made = make(
            workspace, slug, files | {"kata.toml": toml, "tests.py": PLAIN, CASES: None} | changes
        )
        folder = workspace / "others" / "basics" / slug
        shutil.copytree(made.folder, folder, dirs_exist_ok=True)
        shutil.rmtree(made.folder)
        monkeypatch.setenv("KATA_PATH", str(folder.parent.parent))
        return catalogue.get(slug)

    return kata


def test_kata_elsewhere_may_lack_what_is_optional(elsewhere, prove):
    kata = elsewhere("plain", "author/stub/exercise.py", "author/solution/exercise.py")
    assert prove(kata) == dataclasses.replace(sound("plain"), cases=1, wrong=0)


def test_kata_elsewhere_without_a_solution_may_have_cases_that_never_fail(elsewhere, prove):
    tests = f"{PLAIN}\n    def test_nothing(self):\n        pass\n"
    kata = elsewhere("half", "author/stub/exercise.py", **{"tests.py": tests})
    assert prove(kata) == dataclasses.replace(sound("half"), cases=0, wrong=0)


def test_kata_elsewhere_without_answers_is_not_run(elsewhere, prove):
    assert prove(elsewhere("bare")) == dataclasses.replace(sound("bare"), cases=0, wrong=0)


def test_kata_elsewhere_is_held_to_the_cases_that_it_records(elsewhere, prove):
    answers = ("author/stub/exercise.py", "author/solution/exercise.py")
    kata = elsewhere("recorded", *answers, **{CASES: json.dumps({"tests": "", "cases": {}})})
    assert rules(prove(kata)) == ["cases: tests.py has changed since"]
    kata = elsewhere("unread", *answers, **{CASES: "{"})
    assert rules(prove(kata)) == ["cases: it is not JSON of cases"]
    assert prove(kata, write=True) == dataclasses.replace(sound("unread"), cases=1, wrong=0)


def test_command_names_a_path_with_a_kata_that_is_not_there(tmp_path, monkeypatch, capsys):
    (tmp_path / "katas" / "paths").mkdir(parents=True)
    path = tmp_path / "katas" / "paths" / "mine.toml"
    path.write_text('title = "Mine"\nabout = "For me."\nkatas = ["joins"]\n')
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.delenv("KATA_PATH", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as caught:
        call_command("kata_check")
    assert caught.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        "✗ katas/paths/mine.toml: there is no kata 'joins'.",
        "  Take it out until it is there.",
        "0 katas, 1 to mend",
    ]
