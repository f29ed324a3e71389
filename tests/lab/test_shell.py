"""The shell: what is imported, that SQL is printed, and that a save is seen."""

import os
import sys

import pexpect
import pytest

from tests import database
from tests.cockpit.verdicts import copy_kata
from tests.conftest import ROOT, in_ci
from tests.lab.conftest import write_kata


@pytest.fixture
def here(root, state):
    environment = os.environ | {
        **database.workspace(state),
        "KATA_PATH": str(root),
        "KATA_SERVER": "0",
        "NO_COLOR": "1",
        "IPYTHONDIR": str(root / "ipython"),
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    def spawn(*arguments: str) -> pexpect.spawn:
        command = ["manage.py", *arguments]
        return pexpect.spawn(
            sys.executable, command, cwd=str(ROOT), env=environment, encoding="utf-8", timeout=90
        )

    return spawn


def said(child: pexpect.spawn) -> str:
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return child.before


def test_code_in_it_finds_bookshop_exercise_and_lab(here, root):
    copy_kata(root, "joined")
    code = "print(Book.objects.count(), len(packing_list(3)), len(lab.calls), exercise.__name__)"
    words = said(here("shell_plus", "joined", "--command", code))
    assert "8 3 3 copies.orm.joined.exercise" in words
    assert "Execution time" in words


@in_ci("two seconds, for a shell of its own")
def test_names_of_silk_and_the_admin_do_not_clash(here, root):
    copy_kata(root, "joined")
    code = "print([n for n in ('Request', 'Response', 'Profile', 'LogEntry') if n in globals()])"
    assert "[]" in said(here("shell_plus", "joined", "--command", code))


def test_save_is_seen_in_the_open_shell(here, root):
    folder = write_kata(root, "plain", exercise="def one():\n    return 'be' 'fore'\n")
    (folder / "kata.toml").write_text((folder / "kata.toml").read_text() + 'database = "none"\n')
    child = here("kata", "plain", "--shell")
    child.expect("In \\[")
    child.sendline("one(), exercise.one()")
    child.expect("'before', 'before'")
    child.expect("In \\[")
    (folder / "exercise.py").write_text("def one():\n    return 'af' + 'ter'\n")
    child.sendline("one(), exercise.one()")
    child.expect("'after', 'after'")
    child.sendline("exit")
    child.sendeof()
    child.expect(pexpect.EOF)


def test_syntax_error_is_a_sentence(here, root):
    write_kata(root, "plain", exercise="def one(:\n", lab="from . import exercise\ncalls = {}\n")
    child = here("kata", "plain", "--shell")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1
    assert "exercise.py:1: SyntaxError: " in child.before
    assert "Traceback" not in child.before


@in_ci("two seconds, for a shell of its own")
def test_workspace_flag_is_without_a_kata(here, root):
    copy_kata(root, "joined")
    words = said(here("shell_plus", "--workspace", "--command", "print(Run.objects.count())"))
    assert "0" in words.split()
