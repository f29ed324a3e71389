"""Round trips to Django's caches: every alias, every thread, each public call one trip."""

import contextlib
import functools
import inspect
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from core.judge.calls import MOST_LINES
from core.judge.counting import OverCount, said
from core.judge.instrument import learners_line, record
from core.verdict import Measurement

# Public methods of a cache that ask it nothing.
FREE = {
    "aclose",
    "close",
    "get_backend_timeout",
    "make_and_validate_key",
    "make_key",
    "validate_key",
}
MANY = {
    **{"get": "get_many", "set": "set_many", "delete": "delete_many"},
    **{"aget": "aget_many", "aset": "aset_many", "adelete": "adelete_many"},
}
DEFAULT = 2  # where `get_or_set(self, key, default)` has its callable
REPEATED = 3  # times from which a line is said to ask too often

Arguments = tuple[Any, ...]
Keywords = dict[str, Any]


@dataclass(frozen=True)
class Trip:
    """One public call of a cache; `line` is the learner's own that led to it, or ""."""

    method: str
    line: str


_lock = threading.Lock()
_open: list[list[Trip]] = []  # the ledgers that fill now
_replaced: list[tuple[type, str, Any]] = []
# Also in the thread that a cache's async method hands its work to: asgiref takes the context along.
_inside: ContextVar[bool] = ContextVar("inside a public call of a cache", default=False)


@contextlib.contextmanager
def cache_budget(call: str, *, trips: int) -> Iterator[list[Trip]]:
    """Raise OverCount if the block makes more than `trips` calls of Django's caches.

    `get_many` is one trip, whatever the backend does inside; so is `get_or_set`, apart from what its
    callable asks. Yields the ledger, which fills as the block runs.
    """
    ledger: list[Trip] = []
    with _lock:
        if not _open:
            _attach()
        _open.append(ledger)
    try:
        yield ledger
    finally:
        with _lock:
            # By identity: an empty ledger equals another.
            _open[:] = [each for each in _open if each is not ledger]
            if not _open:
                _detach()
    record(Measurement(name="cache trips", call=call, value=len(ledger), limit=trips))
    if len(ledger) > trips:
        got, expected = said(len(ledger), "cache trips"), f"at most {said(trips, 'cache trips')}"
        raise OverCount(call, got, expected, "\n".join(sentences(ledger)))


def sentences(ledger: list[Trip]) -> Iterator[str]:
    """A sentence for each method and line, the most frequent first."""
    found = Counter(ledger).most_common()
    for trip, times in found[:MOST_LINES]:
        often = "once" if times == 1 else f"{times} times"
        many = MANY.get(trip.method)
        advice = f"; {many} is one trip" if many and times >= REPEATED else ""
        yield f"{trip.line or 'tests.py'} called {trip.method} {often}{advice}"
    if len(found) > MOST_LINES:
        yield f"… and {len(found) - MOST_LINES} more lines"


def _attach() -> None:
    """Replace the public methods of every cache class, where each is defined."""
    from django.core.cache import caches
    from django.core.cache.backends.base import BaseCache

    caches.all()  # imports the classes that the settings name
    for kind in _family(BaseCache):
        for name, method in list(vars(kind).items()):
            public = name == "__contains__" or not name.startswith("_")
            if public and name not in FREE and inspect.isfunction(method):
                _replaced.append((kind, name, method))
                setattr(kind, name, _relay(name, method))


def _detach() -> None:
    while _replaced:
        kind, name, method = _replaced.pop()
        setattr(kind, name, method)


def _family(kind: type[Any]) -> set[type[Any]]:
    found = {kind}
    for each in type.__subclasses__(kind):
        found |= _family(each)
    return found


def _relay(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, counted; an `async def` remains one."""
    shown = "in" if name == "__contains__" else name
    given = _default_outside if name.endswith("get_or_set") else _as_given

    async def acounted(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = given(args, kwargs)
        with _trip(shown):
            return await method(*args, **kwargs)

    def counted(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = given(args, kwargs)
        with _trip(shown):
            return method(*args, **kwargs)

    relay = acounted if inspect.iscoroutinefunction(method) else counted
    return functools.wraps(method)(relay)


def _as_given(args: Arguments, kwargs: Keywords) -> tuple[Arguments, Keywords]:
    return args, kwargs


def _default_outside(args: Arguments, kwargs: Keywords) -> tuple[Arguments, Keywords]:
    """The callable given to `get_or_set` is the learner's: what it asks of a cache counts."""
    if len(args) > DEFAULT and callable(args[DEFAULT]):
        return (*args[:DEFAULT], _outside(args[DEFAULT]), *args[DEFAULT + 1 :]), kwargs
    if callable(kwargs.get("default")):
        return args, kwargs | {"default": _outside(kwargs["default"])}
    return args, kwargs


@contextlib.contextmanager
def _trip(name: str) -> Iterator[None]:
    if _inside.get():
        yield
        return
    trip = Trip(name, learners_line())
    for ledger in tuple(_open):
        ledger.append(trip)
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def _outside(function: Callable[[], Any]) -> Callable[[], Any]:
    def call() -> Any:
        token = _inside.set(False)
        try:
            return function()
        finally:
            _inside.reset(token)

    return call
