"""`manage.py bookshop`: what it prints, asks, refuses, and with which status it ends."""

import builtins
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.bookshop.inventory import TABLES, count_rows
from core.state import ROOT
from tests import database

EMPTY = """\
authors                0
publishers             0
genres                 0
books                  0
copies                 0
customers              0
orders                 0
lines                  0
reviews                0
loans                  0
------------------------
rows                   0

The shop is empty. Fill it: `python manage.py bookshop load`.
"""

SHIPPED = """\
authors               85
publishers            11
genres                25
books                150
copies               221
customers             26
orders                80
lines                247
reviews              200
loans                 60
------------------------
rows               1,105

Add a big shop: `python manage.py bookshop --books 100000`.
Look at it: `python manage.py shell_plus`.
Empty it: `python manage.py bookshop clear`.
"""

MADE = """\
authors                3
publishers             3
genres                25
books                 16
copies                16
customers              8
orders                48
lines                160
reviews               48
loans                  8
------------------------
rows                 335
Added 335 rows in N s.
"""

pytestmark = pytest.mark.django_db


def bookshop(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("bookshop", *arguments, stdout=out, **options)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        bookshop(*arguments)
    assert error.value.returncode == 4
    return str(error.value)


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, reply: str | None) -> list[str]:
    """Answer the next question; the questions are in the list."""
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        if reply is None:
            raise EOFError
        return reply

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(builtins, "input", answer)
    return asked


class TestShow:
    def test_empty_shop_says_how_to_fill_it(self) -> None:
        assert bookshop() == EMPTY

    def test_full_shop_says_what_to_do_with_it(self) -> None:
        bookshop("load")
        assert bookshop() == SHIPPED

    def test_json_holds_the_counts(self) -> None:
        bookshop("load")
        shop = json.loads(bookshop("--json"))
        assert shop == {"shop": {name: model.objects.count() for name, model in TABLES.items()}}


class TestLoad:
    def test_loads_once_and_says_so(self) -> None:
        assert bookshop("load") == "Loaded 150 books and all around them: 1,105 rows.\n"
        assert bookshop("load") == "Nothing to load: the shop has 150 books already.\n"

    def test_json_says_whether_it_loaded(self) -> None:
        assert json.loads(bookshop("load", "--json"))["loaded"] is True
        assert json.loads(bookshop("load", "--json"))["loaded"] is False


class TestGenerate:
    def test_prints_what_was_added_and_how_long_it_took(self) -> None:
        assert re.sub(r"in \d+\.\d s", "in N s", bookshop("--books", "16")) == MADE

    def test_json_holds_what_was_added_and_what_is_there(self) -> None:
        bookshop("--books", "4")
        answer = json.loads(bookshop("--books", "8", "--seed", "7", "--json"))
        assert list(answer) == ["made", "seed", "seconds", "shop"]
        assert (answer["made"]["books"], answer["seed"], answer["shop"]["books"]) == (8, 7, 12)

    def test_seed_makes_another_shop(self) -> None:
        titles = []
        for seed in ("1", "1", "2"):
            bookshop("--books", "8", "--seed", seed)
            titles.append([book.title for book in TABLES["books"].objects.order_by("-pk")[:8]])
        assert titles[0] == titles[1] != titles[2]

    def test_a_pipe_gets_a_line_now_and_then(self, monkeypatch: pytest.MonkeyPatch) -> None:
        command = "core.bookshop.management.commands.bookshop"
        monkeypatch.setattr(f"{command}.WORTH_TELLING", 100)
        monkeypatch.setattr("core.bookshop.bulk.CHUNK", 20)
        lines = bookshop("--books", "16").splitlines()
        progress = [line for line in lines if re.fullmatch(r"\d+ of 335 rows", line)]
        assert 5 <= len(progress) <= 10
        assert progress == lines[: len(progress)]

    def test_json_has_no_progress_before_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("core.bookshop.management.commands.bookshop.WORTH_TELLING", 100)
        json.loads(bookshop("--books", "16", "--json"))


class TestClear:
    @pytest.mark.parametrize("reply", ["y", "Yes "])
    def test_terminal_confirmed(self, monkeypatch: pytest.MonkeyPatch, reply: str) -> None:
        bookshop("load")
        asked = at_a_terminal(monkeypatch, reply)
        assert bookshop("clear") == "Deleted 1,105 rows.\n"
        assert asked == ["Delete all 1,105 rows of the bookshop? [y/N] "]
        assert count_rows().total == 0

    @pytest.mark.parametrize("reply", ["", "n", "maybe", None])
    def test_terminal_not_confirmed(
        self, monkeypatch: pytest.MonkeyPatch, reply: str | None
    ) -> None:
        bookshop("load")
        at_a_terminal(monkeypatch, reply)
        assert bookshop("clear") == "Nothing was deleted.\n"
        assert count_rows().total == 1_105

    def test_no_input_does_not_ask(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bookshop("load")
        asked = at_a_terminal(monkeypatch, "n")
        assert bookshop("clear", "--no-input") == "Deleted 1,105 rows.\n"
        assert asked == []

    def test_empty_shop_does_not_ask(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = at_a_terminal(monkeypatch, "n")
        assert bookshop("clear") == "Deleted 0 rows.\n"
        assert asked == []

    def test_pipe_without_no_input_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bookshop("load")
        monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
        assert refusal("clear") == (
            "Clearing deletes 1,105 rows, and there is nobody here to ask.\n"
            "Run `python manage.py bookshop clear --no-input`."
        )
        assert count_rows().total == 1_105


class TestRefusals:
    @pytest.mark.parametrize("books", ["0", "-5", "5000001"])
    def test_number_of_books_out_of_range(self, books: str) -> None:
        assert refusal(f"--books={books}") == (
            f"A shop cannot have {int(books):,} books: give a number from 1 to 5,000,000.\n"
            "Run `python manage.py bookshop --books 1000`."
        )

    @pytest.mark.parametrize(
        ("flag", "arguments"),
        [("--books", ["--books", "many"]), ("--seed", ["--books", "8", "--seed", "many"])],
    )
    def test_not_a_number(self, flag: str, arguments: list[str]) -> None:
        assert refusal(*arguments) == (
            f"{flag} needs a whole number, not “many”.\n"
            "Run `python manage.py bookshop --books 1000 --seed 7`."
        )

    @pytest.mark.parametrize("action", ["load", "clear"])
    def test_two_things_at_once(self, action: str) -> None:
        assert refusal(action, "--books", "8") == (
            f"{action} and --books are two things: do one after the other.\n"
            f"Run `python manage.py bookshop {action}`, then `python manage.py bookshop --books 8`."
        )

    def test_unknown_action(self) -> None:
        assert refusal("fly") == (
            "The bookshop cannot “fly”: it knows load and clear.\n"
            "Run `python manage.py bookshop --help`."
        )

    def test_seed_without_books(self) -> None:
        assert refusal("--seed", "3") == (
            "--seed says which shop to make, so it needs --books.\n"
            "Run `python manage.py bookshop --books 1000 --seed 3`."
        )


def test_unmigrated_database_names_migrate_and_exits_with_4(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "bookshop"],
        cwd=ROOT,
        env={**os.environ, **database.workspace(tmp_path), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr == (
        "CommandError: The bookshop has no tables in this database.\n"
        "Run `python manage.py migrate`.\n"
    )


def test_help_shows_examples_as_they_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("bookshop", "--help")
    assert ended.value.code == 0
    assert "\n  bookshop --books 1000            add a thousand made-up books" in (
        capsys.readouterr().out
    )
