"""Moves: what pop, insert and remove of a list shift, and nothing else."""

import sys
from collections import deque

import pytest

from core.judge.counting import OverCount
from core.judge.instrument import case_ends
from core.judge.moves import moves_at_most

pytestmark = pytest.mark.usefixtures("session")


@pytest.mark.parametrize(
    ("do", "moved"),
    [
        (lambda items: items.pop(0), 9),
        (lambda items: items.pop(), 0),
        (lambda items: items.pop(-2), 1),
        (lambda items: items.pop(4), 5),
        (lambda items: items.insert(0, "new"), 10),
        (lambda items: items.insert(10, "new"), 0),
        (lambda items: items.insert(7, "new"), 3),
        (lambda items: items.remove(3), 6),
        (lambda items: items.remove(9), 0),
        (lambda items: items.append(10), 0),
        (lambda items: items.sort(reverse=True), 0),
        (lambda items: [items.pop(0) for _ in range(10)], 45),
        (lambda items: [items.pop() for _ in range(10)], 0),
        (lambda items: [deque(items).popleft() for _ in range(10)], 0),
        (lambda items: {"a": 1}.pop("a"), 0),
        (lambda items: list.pop(items, 0), 9),
    ],
)
def test_moved(do, moved):
    with moves_at_most("serve()", 45) as found:
        do(list(range(10)))
    assert found.moved == moved
    assert [(each["name"], each["value"], each["limit"]) for each in case_ends()] == [
        ("moves", moved, 45)
    ]


def test_over_names_the_line(tmp_path):
    names = {}
    code = "def serve(queue):\n    while queue:\n        queue.pop(0)\n"
    exec(compile(code, str(tmp_path / "exercise.py"), "exec"), names)
    with (
        pytest.raises(OverCount) as caught,
        moves_at_most("serve(queue)", 1, because="A deque gives its first in one step."),
    ):
        names["serve"](list(range(10)))
    error = caught.value
    assert (error.call, error.got, error.expected, str(error)) == (
        "serve(queue)",
        "45 moves of list elements",
        "at most 1 move",
        "A deque gives its first in one step.\n"
        "exercise.py:3 called a list method that moves 9 times",
    )


def test_method_that_fails_moves_nothing():
    with moves_at_most("f()", 1) as found:
        with pytest.raises(IndexError):
            [].pop()
        with pytest.raises(ValueError, match="not in list"):
            [1, 2].remove(3)
        [1, 2].pop(0)
    assert found.moved == 1


def fail(error: BaseException, *done: object) -> None:
    raise error


def test_exception_of_the_block_passes_through_and_profiling_ends():
    error = KeyError("lost")
    with pytest.raises(KeyError) as caught, moves_at_most("f()", 0):
        fail(error, [1, 2].pop(0))
    assert (caught.value, sys.getprofile(), case_ends()) == (error, None, [])


def test_blocks_nest_and_the_outer_goes_on():
    with moves_at_most("outer()", 9) as outer:
        with moves_at_most("inner()", 9) as inner:
            [1, 2].pop(0)
        [1, 2, 3].pop(0)
    assert (outer.moved, inner.moved) == (3, 1)
