"""Round trips to Django's caches: every alias, every thread, each public call one trip."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from core.judge.ledgers import Ledger, Ledgers, judge, sentences

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

Arguments = tuple[Any, ...]
Keywords = dict[str, Any]


_replaced: list[tuple[type, str, Any]] = []
# Also in the thread that a cache's async method hands its work to: asgiref takes the context along.
_inside: ContextVar[bool] = ContextVar("inside a public call of a cache", default=False)


@contextlib.contextmanager
def cache_budget(call: str, *, trips: int) -> Iterator[Ledger]:
    """Raise OverCount if the block makes more than `trips` calls of Django's caches.

    `get_many` is one trip, whatever the backend does inside; so is `get_or_set`, apart from what its
    callable asks. Yields the ledger, which fills as the block runs.
    """
    with LEDGERS.open() as ledger:
        yield ledger
    judge(call, ledger, name="cache trips", limit=trips, words=said_of(ledger))


def said_of(ledger: Ledger) -> Iterator[str]:
    """A sentence for each method and line, the most frequent first."""
    return sentences(ledger, "called", _advice)


def _advice(method: str) -> str:
    return f"{MANY[method]} is one trip" if method in MANY else ""


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
    LEDGERS.add(name)
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


LEDGERS = Ledgers(_attach, _detach)
