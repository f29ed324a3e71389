"""Elements that lists had to move: what makes `pop(0)` dear, counted without a stopwatch."""

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from core.judge.calls import Calls, by_line
from core.judge.counting import OverCount, said
from core.judge.instrument import learners_line, record
from core.verdict import Measurement

MOVING = ("insert", "pop", "remove")


class Moves(Calls):
    """How many elements were moved, and the learner's line of each call that moved any."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = 0
        self._before: list[list[Any]] = []
        self._outer = sys.getprofile()  # of a block around this one

    def profile(self, frame: FrameType, event: Any, function: Any) -> None:
        """As `sys.setprofile` calls it, around each call of a builtin."""
        if callable(self._outer):
            self._outer(frame, event, function)
        if getattr(function, "__name__", "") not in MOVING:
            return
        values = getattr(function, "__self__", None)
        if not isinstance(values, list):
            return
        if event == "c_call":
            self._before.append(values.copy())
        elif event == "c_return" and self._before:
            moved = displaced(self._before.pop(), values)
            self.moved += moved
            if moved:
                self.lines.append(learners_line())
        elif event == "c_exception" and self._before:
            self._before.pop()


def displaced(before: list[Any], after: list[Any]) -> int:
    """How many elements changed their place when one was put in or taken out.

    Of neighbours that are one and the same object it cannot be told which: counted as the last.
    """
    long, short = (before, after) if len(before) > len(after) else (after, before)
    if len(long) == len(short) or not short or long[-1] is not short[-1]:
        return 0
    same = (n for n, value in enumerate(short) if value is not long[n])
    return len(short) - next(same, len(short))


@contextlib.contextmanager
def moves_at_most(call: str, moves: int, *, because: str = "") -> Iterator[Moves]:
    """Raise OverCount if `pop`, `insert` and `remove` of lists move more than `moves` elements.

    Seen: those methods of any list, in this thread. Not seen: `del items[0]`, slices. Each such call
    copies its list first, so keep them below some thousands of elements, and their values distinct.
    """
    found = Moves()
    outer = sys.getprofile()
    sys.setprofile(found.profile)
    try:
        yield found
    finally:
        sys.setprofile(outer)
    record(Measurement(name="moves", call=call, value=found.moved, limit=moves))
    if found.moved > moves:
        words = "\n".join(
            filter(None, [because, *by_line("a list method that moves", found.lines)])
        )
        got, expected = said(found.moved, "moves"), f"at most {said(moves, 'moves')}"
        raise OverCount(call, f"{got} of list elements", expected, words)
