"""What SQLite hands over: each row of a result, and each value in it, as Python fetches them."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import connection

from core.judge import budget
from core.judge.counting import OverCount
from core.judge.instrument import record
from core.verdict import Measurement


class Fetched:
    """Both only rise, from one fetch to the next."""

    def __init__(self) -> None:
        self.rows = 0
        self.values = 0

    def keep(self, cursor: object, row: tuple[Any, ...]) -> tuple[Any, ...]:
        self.rows += 1
        self.values += len(row)
        return row


@contextlib.contextmanager
def fetching() -> Iterator[Fetched]:
    """Count what is fetched in the block. A queryset is lazy: consume it inside."""
    found = Fetched()
    connection.ensure_connection()
    connection.connection.row_factory = found.keep
    try:
        yield found
    finally:
        connection.connection.row_factory = None


@contextlib.contextmanager
def one_query(call: str, *, values: int, because: str) -> Iterator[None]:
    """Raise where the block asks more than once, or is sent more than so many values."""
    with budget(call, queries=1), fetching() as found:
        yield
    record(Measurement(name="values fetched", call=call, value=found.values, limit=values))
    if found.values > values:
        got = f"{found.values} values fetched, in {found.rows} rows"
        raise OverCount(call, got, f"no more than {values}", because)


def rows_at_most(call: str, rows: int, most: int, *, because: str) -> None:
    """Raise where so many rows, which were counted by `fetching`, are more than `most`."""
    record(Measurement(name="rows", call=call, value=rows, limit=most))
    if rows > most:
        raise OverCount(call, f"{rows} rows", f"no more than {most}", because)
