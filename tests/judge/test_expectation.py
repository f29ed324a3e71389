"""Expectations: call, got and expected apart, short enough for a screen, whatever the values do."""

import pytest

from core.judge.expectation import (
    WINDOW,
    Mismatch,
    difference,
    expect,
    expect_raises,
    shorten,
    text,
)


class BadRepr:
    def __repr__(self):
        raise RuntimeError("no words")


class NumberRepr:
    def __repr__(self):
        return 3


class BadEq:
    def __eq__(self, other):
        raise RuntimeError("never equal")

    __hash__ = None


def parts(error: Mismatch) -> tuple[str, str, str, str]:
    return error.call, error.got, error.expected, str(error)


@pytest.mark.parametrize(
    ("got", "expected"), [(1, 1), (1, 1.0), ([], []), (None, None), ({"a": 1}, {"a": 1})]
)
def test_equal_values_pass(got, expected):
    expect("f()", got, expected, "never said")


@pytest.mark.parametrize(
    ("got", "expected", "shown"),
    [
        (2, 4, ("2", "4")),
        ("a", None, ("'a'", "None")),
        ([1, 2], (1, 2), ("[1, 2]", "(1, 2)")),
        ("é\n", "é", ("'é\\n'", "'é'")),
        (float("nan"), 1, ("nan", "1")),
        (BadRepr(), 1, ("<a BadRepr whose repr raises RuntimeError>", "1")),
        (NumberRepr(), 1, ("<a NumberRepr whose repr raises TypeError>", "1")),
        ([BadRepr()], 1, ("<a list whose repr raises RuntimeError>", "1")),
    ],
)
def test_error_unequal_values_are_shown_apart(got, expected, shown):
    with pytest.raises(Mismatch) as caught:
        expect("f(1)", got, expected, "Because.")
    assert parts(caught.value) == ("f(1)", *shown, "Because.")
    assert isinstance(caught.value, AssertionError)


def test_exception_of_the_comparison_passes_through():
    with pytest.raises(RuntimeError, match="never equal"):
        expect("f()", BadEq(), 1)


LONG = "x" * 1000
START = WINDOW - 1  # what a cut text shows of a string, its quote apart


@pytest.mark.parametrize(
    ("got", "expected", "shown"),
    [
        # short enough: whole, also where they differ late
        ("a" * 237 + "b", "a" * 237 + "c", (repr("a" * 237 + "b"), repr("a" * 237 + "c"))),
        ("a" * 238, "b", (repr("a" * 238), "'b'")),
        # differ early: from the start
        ("a" + LONG, "b" + LONG, (f"'a{'x' * (START - 1)}…", f"'b{'x' * (START - 1)}…")),
        # differ late: from a little before
        (
            LONG + "a" + LONG,
            LONG + "b" + LONG,
            (f"…{'x' * 80}a{'x' * 159}…", f"…{'x' * 80}b{'x' * 159}…"),
        ),
        # one is the beginning of the other: to where it ends
        (LONG, LONG + "yz", (f"…{'x' * 80}'", f"…{'x' * 80}yz'")),
        ([0] * 300, [0] * 301, (f"… {'0, ' * 26}0]", f"… {'0, ' * 26}0, 0]")),
        # one is short
        ("b", LONG, ("'b'", f"'{'x' * START}…")),
    ],
    ids=["whole", "whole, one empty", "early", "late", "longer string", "longer list", "short"],
)
def test_long_values_are_cut_to_where_they_differ(got, expected, shown):
    assert difference(got, expected) == shown
    assert max(map(len, shown)) <= WINDOW + 2


class Text(str):
    __slots__ = ()

    def __repr__(self):
        return str(self)


def test_long_values_without_a_difference_show_their_ends():
    assert difference(Text(LONG), Text(LONG)) == (f"…{'x' * 80}", f"…{'x' * 80}")
    assert difference(Text(LONG), Text(LONG + "yz")) == (f"…{'x' * 80}", f"…{'x' * 80}yz")


def test_shorten_and_text():
    assert (shorten("abc", 3), shorten("abcd", 3), shorten("", 0)) == ("abc", "abc…", "")
    assert (text("a"), text(BadRepr)) == ("'a'", repr(BadRepr))


def fail(error: BaseException | None) -> None:
    if error:
        raise error


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        (ValueError, ValueError("a bad day"), ""),
        (ValueError, ValueError("a bad day"), "bad"),
        (ValueError, UnicodeError("a bad day"), "bad"),
        (LookupError, KeyError("name"), "'name'"),
        (SystemExit, SystemExit(3), "3"),
    ],
)
def test_expected_exception_passes(kind, error, says):
    with expect_raises("f()", kind, says=says):
        fail(error)


@pytest.mark.parametrize(
    ("error", "says", "got", "wanted"),
    [
        (None, "", "no exception", "ValueError"),
        (None, "bad", "no exception", "ValueError that says 'bad'"),
        (ValueError("good"), "bad", "ValueError: good", "ValueError that says 'bad'"),
        (UnicodeError(LONG), "bad", f"UnicodeError: {'x' * WINDOW}…", "ValueError that says 'bad'"),
    ],
)
def test_error_other_or_no_exception(error, says, got, wanted):
    with pytest.raises(Mismatch) as caught:  # noqa: SIM117 - what is tested, and its test
        with expect_raises("f()", ValueError, says=says, because="Because."):
            fail(error)
    assert parts(caught.value) == ("f()", got, wanted, "Because.")
    assert caught.value.__cause__ is error


def test_exception_of_another_kind_is_named_and_is_the_cause():
    with (
        pytest.raises(Mismatch) as caught,
        expect_raises("pay(5)", ValueError, says="stock", because="Say what is missing."),
    ):
        fail(KeyError("zone"))
    wanted = "ValueError that says 'stock'"
    assert (caught.value.got, caught.value.expected) == ("KeyError: 'zone'", wanted)
    assert str(caught.value) == "Say what is missing."
    assert isinstance(caught.value.__cause__, KeyError)


def test_exit_is_no_exception_to_judge():
    with pytest.raises(SystemExit), expect_raises("pay(5)", ValueError):
        fail(SystemExit(3))
