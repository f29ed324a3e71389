"""Counted operations: values that behave as the originals, functions that work as before."""

import copy
import threading
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from core.judge.counting import OverCount, Tally, at_most, said
from core.judge.instrument import case_ends

pytestmark = pytest.mark.usefixtures("session")

PAIRS = [
    ("a", "b"),
    ("e\n", "é"),
    (b"a", b"b"),
    (1, 2),
    (10**40, 10**41),
    (1.5, float("inf")),
    ((1, "a"), (1, "b")),
    (frozenset({1}), frozenset({1, 2})),
    (Decimal("1.10"), Decimal("2")),
    (Fraction(1, 3), Fraction(1, 2)),
    (date(2026, 1, 2), date(2026, 1, 3)),
    (datetime(2026, 1, 2, 3, tzinfo=ZoneInfo("Europe/Berlin")), datetime(2026, 1, 3, tzinfo=UTC)),
    (time(1, 2, 3, 4), time(2)),
    (timedelta(days=1), timedelta(days=2, seconds=3)),
]


def parts(error: OverCount) -> tuple[str, str, str, str]:
    return error.call, error.got, error.expected, str(error)


def measured() -> list[tuple]:
    return [(each["name"], each["call"], each["value"], each["limit"]) for each in case_ends()]


@pytest.mark.parametrize(("low", "high"), PAIRS, ids=lambda value: type(value).__name__)
def test_wrapped_values_are_as_the_originals(low, high):
    tally = Tally()
    small, large, again = tally.wrap([low, high, low])
    assert [repr(small), str(small), f"{large}"] == [repr(low), str(low), f"{high}"]
    assert isinstance(small, type(low))
    assert (type(small).__name__, copy.copy(small)) == (type(low).__name__, low)
    assert (hash(small), hash(large)) == (hash(low), hash(high))
    assert small == again == low == small
    assert small != large
    assert (small == large) is False
    assert small < large
    assert large > small
    assert small <= again
    assert large >= low
    assert small is not again
    assert repr([small]) == repr([low])


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: type(pair[0]).__name__)
def test_each_operator_counts_once_on_either_side(pair):
    low, high = pair
    tally = Tally()
    small, large = tally.wrap(pair)
    for left, right in ((small, large), (small, high), (low, large)):
        before = tally.comparisons
        _ = (left == right, left != right, left < right, left <= right, left > right, left >= right)
        assert tally.comparisons - before == 6
    assert tally.hashes == 0
    hash(small)
    assert (tally.hashes, tally.comparisons) == (1, 18)


def test_other_kinds_compare_as_unequal():
    (one,) = Tally().wrap([1])
    (text,) = Tally().wrap(["1"])
    assert one != text
    assert one == 1.0
    assert one is not None
    with pytest.raises(TypeError, match="not supported between instances of 'int' and 'str'"):
        _ = one < text


def test_original_is_untouched_and_a_result_is_plain():
    tally = Tally()
    values = ["B", "a"]
    wrapped = tally.wrap(values)
    assert sorted(wrapped) == ["B", "a"]
    assert [type(value) for value in (*values, wrapped[0].lower(), wrapped[0] + "c")] == [str] * 4


@pytest.mark.parametrize("value", [True, None, [1], object(), type("Name", (str,), {})("a")])
def test_error_kinds_that_cannot_be_counted(value):
    with pytest.raises(TypeError) as caught:
        Tally().wrap([value])
    assert str(caught.value) == (
        f"a {type(value).__name__} cannot be counted, only str, bytes, int, float, tuple, "
        "frozenset, Decimal, Fraction, date, datetime, time, timedelta"
    )


def test_list_membership_compares_each_and_a_set_hashes_once():
    tally = Tally()
    shelf, wanted = tally.wrap(range(100)), tally.wrap([99])[0]
    with at_most("find(99)", tally, comparisons=100) as same:
        assert wanted in shelf
    assert same is tally
    names = set(shelf)
    with at_most("find(99)", tally, comparisons=1, hashes=1):
        assert wanted in names
    assert measured() == [
        ("comparisons", "find(99)", 100, 100),
        ("comparisons", "find(99)", 1, 1),
        ("hashes", "find(99)", 1, 1),
    ]


def test_over_says_how_many_and_why():
    tally = Tally()
    shelf, wanted = tally.wrap(range(100)), tally.wrap([99])[0]
    with (
        pytest.raises(OverCount) as caught,
        at_most("find(99)", tally, comparisons=1, because="A set looks where the hash says."),
    ):
        shelf.index(wanted)
    assert parts(caught.value) == (
        "find(99)",
        "100 comparisons",
        "at most 1 comparison",
        "A set looks where the hash says.",
    )
    assert measured() == [("comparisons", "find(99)", 100, 1)]


def test_too_many_hashes_are_said_with_the_comparisons_measured():
    tally = Tally()
    values = tally.wrap("abc")
    with (
        pytest.raises(OverCount) as caught,
        at_most("f()", tally, comparisons=5, hashes=1),
    ):
        set(values)
    assert parts(caught.value) == ("f()", "3 hashes", "at most 1 hash", "")
    assert measured() == [("comparisons", "f()", 0, 5), ("hashes", "f()", 3, 1)]


def test_only_the_block_counts_and_blocks_nest():
    tally = Tally()
    a, b = tally.wrap("ab")
    _ = a == b
    with at_most("outer()", tally, comparisons=2):
        _ = a == b
        with at_most("inner()", tally, comparisons=1):
            _ = a < b
    assert tally.comparisons == 3
    assert measured() == [("comparisons", "inner()", 1, 1), ("comparisons", "outer()", 2, 2)]


def test_every_thread_counts():
    tally = Tally()
    a, b = tally.wrap("ab")

    def work():
        for _ in range(2000):
            _ = a == b

    with at_most("f()", tally, comparisons=8000):
        in_threads(work, 4)
    assert tally.comparisons == 8000


def test_error_no_limit():
    with (
        pytest.raises(TypeError, match=r"at_most\(\) needs comparisons= or hashes="),
        at_most("f()", Tally()),
    ):
        pass


def test_exception_of_the_block_passes_through_and_nothing_is_measured():
    tally = Tally()
    error = KeyError("lost")
    with pytest.raises(KeyError) as caught, at_most("f()", tally, comparisons=0):
        fail(error, tally.wrap("a")[0] == "b")
    assert caught.value is error
    assert measured() == []


def fail(error: BaseException, *done: object) -> None:
    raise error


def in_threads(work, number: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_words():
    words = [said(1, "hashes"), said(2, "hashes"), said(1, "calls"), said(0, "moves")]
    assert words == ["1 hash", "2 hashes", "1 call", "0 moves"]
