"""Query budgets: at most so many statements, and who asked for them when there were more."""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator

from core.judge.expectation import Mismatch
from core.judge.instrument import SESSION, Statement, record
from core.verdict import Measurement

MOST_DETAILS = 5


class OverBudget(Mismatch):
    """More statements than allowed; the message names the lines that asked for them."""


@contextlib.contextmanager
def recorded() -> Iterator[list[Statement]]:
    """The ledger of every statement that the block sends, on any connection of any thread."""
    ledger: list[Statement] = []
    SESSION.ledgers.append(ledger)
    try:
        yield ledger
    finally:
        # By identity: an empty ledger equals another.
        SESSION.ledgers[:] = [each for each in SESSION.ledgers if each is not ledger]


@contextlib.contextmanager
def budget(call: str, *, queries: int) -> Iterator[list[Statement]]:
    """Raise OverBudget if the block sends more than `queries` statements, on any connection.

    A queryset is lazy: consume it inside the block. Yields the ledger, which fills as the block runs.
    """
    with recorded() as ledger:
        yield ledger
    statements = [statement for statement in ledger if statement.counted]
    details = tuple(by_shape(statements))
    record(Measurement("queries", call, len(statements), queries, details))
    if len(statements) > queries:
        got, expected = counted(len(statements)), f"at most {counted(queries)}"
        raise OverBudget(call, got, expected, "\n".join(details))


def by_shape(statements: list[Statement]) -> Iterator[str]:
    """A sentence for each shape of statement and line that sent it, the most frequent first."""
    groups = Counter((statement.line, shape(statement.sql)) for statement in statements)
    for (line, sql), times in groups.most_common(MOST_DETAILS):
        asked = "asked once" if times == 1 else f"asked {times} times"
        yield f"{line or 'tests.py'} {asked}: {sql}"
    if len(groups) > MOST_DETAILS:
        yield f"… and {len(groups) - MOST_DETAILS} more shapes"


def shape(sql: str) -> str:
    """The statement as a person would say it: no column list, no constants, no join conditions."""
    sql = " ".join(sql.replace('"', "").replace("`", "").split())
    sql = _without_columns(sql)
    sql = re.sub(r"(JOIN \w+(?: [A-Z]\d+)?) ON \(.*?\)(?= |$)", r"\1", sql)
    sql = re.sub(r"\(%s(, %s)*\)(, \(%s(, %s)*\))*", "(…)", sql)  # one value or many: one shape
    sql = re.sub(r"%s(, %s)+", "…", sql)
    sql = re.sub(r" (LIMIT|OFFSET) \d+", "", sql)
    if " JOIN " not in sql:
        sql = re.sub(r"\b\w+\.(?=\w)", "", sql)
    return sql if len(sql) <= 160 else f"{sql[:160]}…"


def _without_columns(sql: str) -> str:
    """Up to the FROM of the SELECT itself: a column may be a query with a FROM of its own."""
    select = re.match(r"SELECT (DISTINCT )?", sql)
    if not select:
        return sql
    for found in re.finditer(" FROM ", sql):
        if sql.count("(", 0, found.start()) == sql.count(")", 0, found.start()):
            return f"{select[0]}…{sql[found.start() :]}"
    return sql


def counted(number: int) -> str:
    return "1 query" if number == 1 else f"{number} queries"
