"""Before the first run of a kata with a budget, a person at a terminal may say what they expect."""

import pexpect
import pytest

QUESTION = "how many queries will packing_list\\(10\\) send as it stands"


@pytest.fixture
def terminal(at_a_terminal):
    return at_a_terminal


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
