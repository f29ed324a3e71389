"""Which database is asked: `default` is the primary, `replica` a copy of it that lags behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model

PRIMARY, REPLICA = "default", "replica"

# Each thread has a context of its own, and so has each task of asyncio, many of which share a thread.
_pinned: ContextVar[bool] = ContextVar("pinned", default=False)


@contextmanager
def primary() -> Iterator[None]:
    """In this block all is read from the primary: `with primary():`, for what must be up to date.

    Blocks nest, and end with an exception too. Other threads and other tasks of asyncio are not in it.
    """
    token = _pinned.set(True)
    try:
        yield
    finally:
        _pinned.reset(token)


class ReplicaRouter:
    """Of the two: reads go to the replica, writes to the primary, tables are made in the primary alone.

    Where a database is neither of them, None leaves the answer to the next router, or to Django.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """The replica; the primary within `primary()`, and for what hangs on an instance from there."""
        instance = hints.get("instance")
        if _pinned.get() or (instance is not None and instance._state.db == PRIMARY):
            return PRIMARY
        return REPLICA

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        """The primary."""
        # Not None: without an answer, Django writes where the instance was read.
        return PRIMARY

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool | None:
        """Whether one may refer to the other: these two databases hold the same rows."""
        if obj1._state.db in (PRIMARY, REPLICA):
            return True
        return None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Whether tables are made there: what the replica has comes by replication."""
        return False if db == REPLICA else None
