"""Counted operations: how often values are compared and hashed, the same on every machine."""

import contextlib
import datetime
import threading
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from core.judge.expectation import Mismatch
from core.judge.instrument import record
from core.verdict import Measurement

T = TypeVar("T")

PLAIN: tuple[type, ...] = (str, bytes, int, float, tuple, frozenset, Decimal, Fraction)
MOMENTS: tuple[type, ...] = (datetime.date, datetime.datetime, datetime.time, datetime.timedelta)
ORDER = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")


class OverCount(Mismatch):
    """More counted operations than allowed."""


class Tally:
    """Values whose comparisons and hashes are counted, in every thread.

    A wrapped value is of a subclass of its own type: it sorts, hashes, compares, prints and computes
    like the original. Not counted: what is computed from it (`tag.lower()` is a plain str), and what
    Python answers by identity (`x in [x]` compares nothing), so wrap haystack and needle apart.
    """

    def __init__(self) -> None:
        self.comparisons = 0
        self.hashes = 0
        self._lock = threading.RLock()
        self._kinds: dict[type, type] = {}

    def wrap(self, values: Iterable[T]) -> list[T]:
        """A counted copy of each value; TypeError for a kind that cannot be counted."""
        return [self._copy(value) for value in values]

    def _copy(self, value: Any) -> Any:
        kind = type(value)
        if kind not in PLAIN + MOMENTS:
            names = ", ".join(each.__name__ for each in PLAIN + MOMENTS)
            raise TypeError(f"a {kind.__name__} cannot be counted, only {names}")
        if kind not in self._kinds:
            self._kinds[kind] = self._counted(kind)
        return rebuilt(self._kinds[kind], value)

    def _compared(self) -> None:
        with self._lock:
            self.comparisons += 1

    def _hashed(self) -> None:
        with self._lock:
            self.hashes += 1

    def _counted(self, kind: type) -> type:
        def compare(original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
            def counted(value: Any, other: Any) -> Any:
                self._compared()
                return original(value, other)

            return counted

        def hashed(value: Any) -> Any:
            self._hashed()
            return original_hash(value)

        original_hash = getattr(kind, "__hash__")  # noqa: B009 - of the kind, not of the type object
        # An inherited `!=` asks `==`, which counts it.
        own = [name for name in ORDER if getattr(kind, name) is not getattr(object, name)]
        names: dict[str, Any] = {name: compare(getattr(kind, name)) for name in own}
        names |= {"__hash__": hashed, "__repr__": lambda value: repr(rebuilt(kind, value))}
        return type(kind.__name__, (kind,), names | {"__slots__": ()})


def rebuilt(kind: type, value: Any) -> Any:
    """The same value as another kind, counted or plain."""
    if isinstance(value, MOMENTS):
        return kind(*value.__reduce_ex__(4)[1])
    return kind(value)


@contextlib.contextmanager
def at_most(
    call: str,
    tally: Tally,
    *,
    comparisons: int | None = None,
    hashes: int | None = None,
    because: str = "",
) -> Iterator[Tally]:
    """Raise OverCount if the block makes more comparisons, or hashes, of the tally's values."""
    limits = {"comparisons": comparisons, "hashes": hashes}
    if limits == {"comparisons": None, "hashes": None}:
        raise TypeError("at_most() needs comparisons= or hashes=")
    before = {name: getattr(tally, name) for name in limits}
    yield tally
    made = {name: getattr(tally, name) - before[name] for name in limits}
    for name, limit in limits.items():
        if limit is not None:
            record(Measurement(name=name, call=call, value=made[name], limit=limit))
    for name, limit in limits.items():
        if limit is not None and made[name] > limit:
            raise OverCount(call, said(made[name], name), f"at most {said(limit, name)}", because)


def said(number: int, plural: str) -> str:
    """`1 hash`, `2 hashes`, `3 moves`."""
    if number != 1:
        return f"{number} {plural}"
    return f"1 {plural.removesuffix('es') if plural == 'hashes' else plural.removesuffix('s')}"
