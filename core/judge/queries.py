"""Query budgets: at most so many statements, and who asked for them when there were more."""

import contextlib
import re
from collections.abc import Iterator

from core.judge.expectation import Mismatch
from core.judge.instrument import SESSION, Statement, record
from core.verdict import Measurement, Shape

MOST_DETAILS = 5
REPEATED = 3  # times from which a line is said to ask too often


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
    shapes = by_shape(statements)
    record(Measurement("queries", call, len(statements), queries, shapes))
    if len(statements) > queries:
        got, expected = counted(len(statements)), f"at most {counted(queries)}"
        raise OverBudget(call, got, expected, "\n".join(said(shapes)))


def by_shape(statements: list[Statement]) -> tuple[Shape, ...]:
    """The statements grouped by form and the line that sent them, the most frequent first."""
    groups: dict[tuple[str, str], list[float]] = {}
    for statement in statements:
        groups.setdefault((shape(statement.sql), statement.line), []).append(statement.seconds)
    shapes = [Shape(*key, len(times), round(sum(times), 6)) for key, times in groups.items()]
    return tuple(sorted(shapes, key=lambda each: -each.times))


def said(shapes: tuple[Shape, ...]) -> Iterator[str]:
    """A sentence for each of the most frequent shapes."""
    for each in shapes[:MOST_DETAILS]:
        asked = "asked once" if each.times == 1 else f"asked {each.times} times"
        yield f"{each.line or 'tests.py'} {asked}: {each.sql}{_advice(each)}"
    if len(shapes) > MOST_DETAILS:
        yield f"… and {len(shapes) - MOST_DETAILS} more shapes"


def _advice(each: Shape) -> str:
    """The same statement over and over from one line of the learner's: an N+1."""
    if each.times < REPEATED or not each.line:
        return ""
    return "; once would do" if each.sql.startswith("SELECT") else "; one statement can do it"


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
