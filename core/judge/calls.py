"""Counted calls of a function or method, which works on as before."""

import contextlib
import inspect
from collections import Counter
from collections.abc import Iterator
from typing import Any

from core.judge.counting import OverCount, said
from core.judge.instrument import learners_line, record
from core.verdict import Measurement

MOST_LINES = 5


class Calls:
    """How often a relayed function was called, and the learner's line ("" for none) of each call."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @property
    def times(self) -> int:
        return len(self.lines)


class Relay:
    """Stands in for a callable, counts its calls, and is otherwise what it stands for."""

    __slots__ = ("_calls", "_original")

    def __init__(self, original: Any, calls: Calls) -> None:
        self._original = original
        self._calls = calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._calls.lines.append(learners_line())
        return self._original(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._original)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        bind = getattr(type(self._original), "__get__", None)
        return Relay(bind(self._original, instance, owner), self._calls) if bind else self

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """So that an `async def` still counts as one, and isinstance holds."""
        return type(self._original)


@contextlib.contextmanager
def calls_at_most(
    call: str, target: object, name: str, times: int, *, because: str = ""
) -> Iterator[Calls]:
    """Raise OverCount if the block calls `target.name` more than `times` times, in any thread.

    `target` is a module, a class or an object, and is where the learner's code looks the name up:
    the learner's own module for what it imported by `from … import`. The function works as before,
    sync or async; a call counts when it is made, whether or not it is awaited or fails.
    Yields the Calls, which fill as the block runs. Blocks on one name nest; they do not interleave.
    """
    is_class = isinstance(target, type)
    original = inspect.getattr_static(target, name) if is_class else getattr(target, name)
    if not callable(getattr(target, name)):
        raise TypeError(f"{name} is not callable")
    calls = Calls()
    own = name in getattr(target, "__dict__", {})
    setattr(target, name, Relay(original, calls))
    try:
        yield calls
    finally:
        if own:
            setattr(target, name, original)
        else:
            delattr(target, name)
    record(Measurement(name=f"calls of {name}", call=call, value=calls.times, limit=times))
    if calls.times > times:
        words = "\n".join(filter(None, [because, *by_line(name, calls.lines)]))
        got, expected = said(calls.times, "calls"), f"at most {said(times, 'calls')} of {name}"
        raise OverCount(call, got, expected, words)


def by_line(name: str, lines: list[str]) -> Iterator[str]:
    """A sentence for each line that called, the most frequent first."""
    found = Counter(lines).most_common()
    for line, times in found[:MOST_LINES]:
        often = "once" if times == 1 else f"{times} times"
        yield f"{line or 'tests.py'} called {name} {often}"
    if len(found) > MOST_LINES:
        yield f"… and {len(found) - MOST_LINES} more lines"
