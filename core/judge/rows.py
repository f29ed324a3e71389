"""Rows that a database hands over: what Python has to read, whether the answer shows it or not."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from core.judge.counting import OverCount
from core.judge.instrument import record
from core.verdict import Measurement

Row = tuple[Any, ...]


class Rows:
    """`fetched` only rises: growth takes differences, by `count=lambda: rows.fetched`."""

    def __init__(self) -> None:
        self.fetched = 0

    def of_sqlite(self, cursor: object, row: Row) -> Row:
        self.fetched += 1
        return row

    def of_postgresql(self, cursor: object) -> Callable[[Row], Row]:
        def make(values: Row) -> Row:
            self.fetched += 1
            return tuple(values)

        return make


@contextlib.contextmanager
def rows(using: str = "default") -> Iterator[Rows]:
    """Count the rows that this thread's connection gives to cursors opened in the block.

    A queryset is lazy: consume it inside the block. Blocks do not nest.
    """
    from django.db import connections

    connection = connections[using]
    found = Rows()
    factories = {"sqlite": found.of_sqlite, "postgresql": found.of_postgresql}
    if connection.vendor not in factories:
        raise ValueError(f"no rows of {connection.vendor}, only of {' and '.join(factories)}")
    connection.ensure_connection()
    before = connection.connection.row_factory
    connection.connection.row_factory = factories[connection.vendor]
    try:
        yield found
    finally:
        connection.connection.row_factory = before


@contextlib.contextmanager
def rows_at_most(call: str, most: int, *, because: str = "") -> Iterator[Rows]:
    """Raise OverCount if the block fetches more than `most` rows."""
    with rows() as found:
        yield found
    record(Measurement(name="rows", call=call, value=found.fetched, limit=most))
    if found.fetched > most:
        got = f"{found.fetched} rows fetched"
        raise OverCount(call, got, f"at most {most} rows", because)
