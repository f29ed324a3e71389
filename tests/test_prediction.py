"""Before the first run of a kata with a budget, a person at a terminal may say what they expect."""

import os
import shutil
import sys
import tempfile

import pexpect
import pytest

from tests.conftest import ROOT

QUESTION = "how many queries will packing_list\\(10\\) send as it stands"


@pytest.fixture(params=["0", "1"], ids=["cold", "server"])
def terminal(request, state, manage):
    """`manage.py kata …` at a terminal of its own."""
    runtime = tempfile.mkdtemp(prefix="kx-")
    environment = {
        "KATA_STATE": str(state),
        "KATA_SERVER": request.param,
        "XDG_RUNTIME_DIR": runtime,
        "KATA_IDLE": "2",
    }
    if request.param == "1":  # leaves a server behind for what follows
        manage("kata", "iterators", env=environment)

    def spawn(*arguments: str) -> pexpect.spawn:
        return pexpect.spawn(
            sys.executable,
            ["manage.py", "kata", *arguments],
            cwd=str(ROOT),
            env=os.environ | environment,
            encoding="utf-8",
            timeout=30,
        )

    yield spawn
    shutil.rmtree(runtime, ignore_errors=True)


def test_number_is_compared_with_what_was_sent_and_asked_once(terminal):
    first = terminal("select_related")
    first.expect(QUESTION)
    first.sendline("11")
    first.expect(r"You said 11: packing_list\(10\) sent 41 queries\.")
    first.expect(pexpect.EOF)
    again = terminal("select_related")
    again.expect("failed")
    assert "how many queries" not in again.before


@pytest.mark.parametrize("answer", ["", "many"])
def test_skipped_it_is_not_asked_again(terminal, answer):
    first = terminal("select_related")
    first.expect(QUESTION)
    first.sendline(answer)
    first.expect(pexpect.EOF)
    assert "You said" not in first.before
    again = terminal("select_related")
    again.expect("failed")
    assert "how many queries" not in again.before


def test_end_of_input_skips_it(terminal):
    first = terminal("select_related")
    first.expect(QUESTION)
    first.sendeof()
    first.expect("1 of 9 cases pass")


def test_without_a_terminal_nobody_is_asked(manage, state):
    assert "how many queries" not in manage("kata", "select_related")[1]
