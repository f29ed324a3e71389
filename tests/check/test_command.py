"""`kata_check` and `kata_new` as an author meets them: words, questions, JSON, exit status."""

import json
import os
import shlex

import pexpect
import pytest

from core import catalogue
from tests.conftest import ROOT
from tests.terminal import Terminal

WEAK = "tests/samples/mutation/weak"


def test_check_names_what_is_sound(manage):
    assert manage("kata_check", "select_related") == (
        0,
        "✓ orm/select_related  9 cases, 4 wrong answers rejected\n1 katas, 0 to mend\n",
        "",
    )


def test_mutate_shows_each_survivor_and_what_to_do(manage):
    status, out, err = manage("kata_check", "weak", "--mutate")
    *lines, timed = out.splitlines()
    assert (status, err) == (1, "")
    assert lines == [
        "✓ mutation/weak  5 cases, 0 wrong answers rejected",
        "1 katas, 0 to mend",
        "✗ mutation/weak  89 % caught: 17 of 19 changes, 2 survive, 2 equivalent",
        f"  {WEAK}/author/solution/exercise.py:34",
        "    - def total(self, discount: int = 0) -> int:",
        "    + def total(self, discount: int = 1) -> int:",
        f"  {WEAK}/author/solution/exercise.py:44",
        "    - return len(self.prices) > self.limit",
        "    + return len(self.prices) >= self.limit",
        f"  {WEAK}/tests.py  mutation: 89 % of 19 changes are caught, 90 % is the least",
        "      Add the case that a survivor lacks; list one that changes nothing as [[equivalent]].",
        f"  {WEAK}/kata.toml  equivalent: no survivor turns 'steps = 0' into 'steps = 1'",
        "      Take the entry out: the change is caught, or the line is another one now.",
    ]
    assert timed.startswith("21 changes in ")
    assert timed.endswith(" s each; 1 katas below 90 %")


def test_mutate_says_why_nothing_was_changed(manage):
    status, out, _ = manage("kata_check", "needy", "--mutate", env={"REDIS_URL": ""})
    need = "needy needs Elasticsearch, and there is none here."
    assert (status, out.splitlines()[-2:]) == (
        0,
        [
            f"– runner/needy  no change made: {need}",
            "0 changes in 0.0 s; 0 katas below 90 %",
        ],
    )


def test_mutate_for_machines(manage):
    status, out, err = manage("kata_check", "bounded", "--mutate", "--json")
    answer = json.loads(out)
    (mutation,) = answer["mutations"]
    assert (status, err, answer["sound"]) == (0, "", True)
    assert mutation.pop("seconds") > 0
    assert mutation == {
        "kata": "bounded",
        "track": "runner",
        "spots": 3,
        "caught": 3,
        "equivalent": 0,
        "survivors": [],
        "findings": [],
        "unavailable": "",
        "score": 100,
    }


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A root of the author's own, in the catalogue."""
    root = tmp_path / "mine"
    root.mkdir()
    monkeypatch.setenv("KATA_PATH", str(root))
    return root


def test_new_names_the_two_edits(manage, mine):
    flags = ("--root", str(mine), "--no-input")
    assert manage("kata_new", "orm/joins", *flags, env={"KATA_PATH": str(mine)}) == (
        0,
        f"✓ {mine}/orm/joins, 16 files. It fails as shipped.\n"
        "Two edits make it yours:\n"
        f"  1. {mine}/orm/joins/tests.py:13  what is given, what is expected, and why\n"
        f"  2. {mine}/orm/joins/author/solution/exercise.py:6  the code that passes it\n"
        "Then run `python manage.py kata_check joins --write`: it proves them, and says what\n"
        "else is to be written.\n",
        "",
    )
    kata = catalogue.get("joins")
    assert (kata.title, kata.level, kata.databases) == ("Joins", 2, ("none",))
    assert kata.tasks == ("TODO(author): what to do first, as a title",)


def test_new_takes_everything_from_flags(manage, mine):
    flags = ("--title", " Join ", "--level", "4", "--kind", "bookshop", "--root", str(mine))
    status, out, err = manage("kata_new", "orm/joins", "--task", "One", "--task", "Two", *flags)
    assert (status, err) == (0, "")
    assert f"1. {mine}/orm/joins/tests.py:14 and 28  what" in out
    kata = catalogue.get("joins")
    assert (kata.title, kata.level, kata.tasks) == ("Join", 4, ("One", "Two"))
    assert kata.uses == ("core.bookshop",)


def test_new_says_how_a_root_outside_the_path_is_found(manage, tmp_path):
    root = tmp_path / "my_katas"
    root.mkdir()
    env = {"KATA_PATH": ""}
    _, out, _ = manage("kata_new", "orm/joins", "--root", str(root), "--no-input", env=env)
    assert out.splitlines()[1] == f"It is found there once you run `export KATA_PATH={root}`."
    env = {"KATA_PATH": f"{ROOT}/tests/samples"}
    _, out, _ = manage("kata_new", "orm/more", "--root", str(root), "--no-input", env=env)
    # The workspace may lie in a folder with a space.
    both = shlex.quote(f"{ROOT}/tests/samples:{root}")
    assert f"export KATA_PATH={both}`" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["orm/iterators"], "There is a kata 'iterators' already: katas/language/iterators.\n"),
        (["orm/json"], "'json' is also the name of a standard module.\n"),
        (["--title", "", "orm/joins"], "title: '' is not one line of text.\n"),
        (["--title", "a\nb", "orm/joins"], "title: 'a\\nb' is not one line of text.\n"),
        (["--level", "5", "orm/joins"], "level: 5 is not a whole number from 1 to 4.\n"),
        (["--kind", "modls", "orm/joins"], "kind: 'modls' is not known.\nDid you mean models?\n"),
        (["--kind", "x", "orm/joins"], "Kinds: plain, bookshop, models, web, api.\n"),
        (["--task", "a", "--task", "a ", "orm/joins"], "tasks: 'a' stands there twice.\n"),
        (["--task", " ", "orm/joins"], "tasks: '' is not one line of text.\n"),
        (["--root", "/nowhere", "orm/joins"], "--root names /nowhere, which is not a folder.\n"),
        (["--root", "/tmp", "--level", "x", "orm/joins"], "Argument --level: invalid int value"),
        ([], "The following arguments are required: TRACK/SLUG.\n"),
    ],
)
def test_error_new_says_what_and_the_way_out(manage, mine, arguments, words):
    if "--root" not in arguments:
        arguments = [*arguments, "--root", str(mine)]
    status, out, err = manage("kata_new", *arguments, "--no-input")
    assert (status, out) == (4, "")
    assert words in err
    assert "Traceback" not in err
    assert list(mine.rglob("*")) == []


@pytest.fixture
def ask(mine, forkserver):
    """Begin `orm/joins` at a terminal."""

    def start(*arguments: str) -> Terminal:
        return Terminal(
            forkserver,
            *("manage.py", "kata_new", "orm/joins", "--root", str(mine), *arguments),
            env=os.environ | {"COLUMNS": "80"},
            dimensions=(24, 80),
            timeout=60,
        )

    return start


def test_new_asks_on_a_terminal_and_asks_again(ask, mine):
    terminal = ask("--title", "Join")
    for question, answer in (
        (r"Level, 1 to 4 \[2\]: ", "five"),
        (r"'five' is not a whole number from 1 to 4\.[^$]*Level, 1 to 4 \[2\]: ", "3"),
        (r"Kind: plain, bookshop, models, web, api \[plain\]: ", "wbe"),
        (r"Did you mean web\?[^$]*Kind: [^$]* \[plain\]: ", "web"),
        (r"Task 1, in a few words \(empty: no more\): ", "Greet"),
        (r"Task 2, in a few words \(empty: no more\): ", "Greet"),
        (r"'Greet' stands there twice\.[^$]*Task 2, [^$]*: ", ""),
    ):
        terminal.expect(question)
        terminal.sendline(answer)
    terminal.expect("Two edits make it yours:")
    terminal.expect(pexpect.EOF)
    kata = catalogue.get("joins")
    assert (kata.title, kata.level, kata.tasks) == ("Join", 3, ("Greet",))
    assert kata.edit == ("views.py",)


def test_new_stopped_at_a_question_writes_nothing(ask, mine):
    terminal = ask()
    terminal.expect(r"\[Joins\]: ")
    stopped = False
    while not stopped:  # a key that comes before input() reads is lost
        terminal.sendintr()
        stopped = terminal.expect(["Stopped.", pexpect.TIMEOUT], timeout=3) == 0
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 130
    assert list(mine.iterdir()) == []


def test_new_takes_the_defaults_at_the_end_of_input(ask, mine):
    terminal = ask()
    for _ in range(4):
        terminal.expect(": ")
        terminal.sendeof()
    terminal.expect("Two edits make it yours:")
    terminal.expect(pexpect.EOF)
    assert catalogue.get("joins").title == "Joins"
