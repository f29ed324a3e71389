"""Rows that a database hands over: what is fetched only to be left out again in Python."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from core.judge.counting import OverCount, said
from core.judge.instrument import learners_line, record
from core.verdict import Measurement


class Rows:
    """`sent` only rises: growth takes differences, by `count=lambda: rows.sent`."""

    def __init__(self) -> None:
        self.sent = 0
        self.lines: dict[str, int] = {}  # the learner's own, with the rows that each was sent

    def keep(self, rows: list[Any]) -> None:
        if rows:
            line = learners_line()
            self.sent += len(rows)
            self.lines[line] = self.lines.get(line, 0) + len(rows)

    def wrapper(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        """As Django calls it around each statement: from then on the cursor's rows are counted."""
        result, wrapped = execute(sql, params, many, context), context["cursor"]
        own = wrapped.cursor
        if not isinstance(own, CountedCursor):
            wrapped.cursor = CountedCursor(own, self)
        return wrapped.cursor if result is not None and result is own else result


class CountedCursor:
    """A cursor of a database's driver that keeps account of the rows it hands over."""

    def __init__(self, cursor: Any, rows: Rows) -> None:
        self._cursor = cursor
        self._rows = rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        for row in self._cursor:
            self._rows.keep([row])
            yield row

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        self._rows.keep([] if row is None else [row])
        return row

    def fetchmany(self, *size: Any, **more: Any) -> Any:
        rows = self._cursor.fetchmany(*size, **more)
        self._rows.keep(rows)
        return rows

    def fetchall(self) -> Any:
        rows = self._cursor.fetchall()
        self._rows.keep(rows)
        return rows


@contextlib.contextmanager
def rows_sent(using: str = "default") -> Iterator[Rows]:
    """Count the rows that this thread's connection hands over in the block."""
    from django.db import connections

    rows = Rows()
    with connections[using].execute_wrapper(rows.wrapper):
        yield rows


@contextlib.contextmanager
def rows_at_most(
    call: str, most: int, *, because: str = "", using: str = "default"
) -> Iterator[Rows]:
    """Raise OverCount if the database hands over more than `most` rows in the block.

    A queryset is lazy: consume it inside the block. A row is one of a result, however many columns.
    """
    with rows_sent(using) as rows:
        yield rows
    record(Measurement(name="rows", call=call, value=rows.sent, limit=most))
    if rows.sent > most:
        each = (
            f"{line or 'tests.py'} was sent {said(n, 'rows')}" for line, n in rows.lines.items()
        )
        words = "\n".join(filter(None, [because, *each]))
        raise OverCount(call, said(rows.sent, "rows"), f"at most {said(most, 'rows')}", words)
