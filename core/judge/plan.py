"""The plan that a database chose for a query: which index it searches, what it reads whole.

A plan is asked for (`EXPLAIN`), the query is not run, and neither is counted in a budget.
"""

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.judge.expectation import Mismatch
from core.judge.instrument import record
from core.verdict import Measurement

# search: by a key, from an index. part: all that a partial index holds. walk: an index from end to
# end (in its order, so a LIMIT may end it early). scan: every row. build: every row, to make an index
# for this one query, which is how SQLite says that an index is missing.
How = Literal["search", "part", "walk", "scan", "build"]
PRIMARY = "primary key"  # the name of a primary key's index, on every database
ROW = "row address"
OWN = {
    PRIMARY: "its primary key",
    ROW: "its row address",
    **dict.fromkeys(("fts3", "fts4", "fts5"), "its full-text index"),
}
SORTS = {
    "ORDER BY": "then sorts them",
    "GROUP BY": "then sorts them into groups",
    "DISTINCT": "then sorts out doubles",
    "JOIN": "then sorts them to join them",
}


class OtherPlan(Mismatch):
    """The database reads or sorts more than it needs to."""


@dataclass(frozen=True)
class Step:
    """How one table is read. `covering`: the index holds all that is asked, the table is not read."""

    table: str
    how: How
    index: str = ""
    covering: bool = False

    def words(self) -> str:
        by = OWN.get(self.index, f"the index {self.index}")
        if self.how == "search":
            return f"searches {self.table} by {by}{' alone' if self.covering else ''}"
        if self.how == "part":
            return f"reads the part of {self.table} that {by} holds"
        if self.how == "walk":
            in_place = f"reads {by} in place of {self.table}"
            return in_place if self.covering else f"reads {self.table} in the order of {by}"
        if self.how == "build":
            return (
                f"reads every row of {self.table} into an index on {self.index} for this one query"
            )
        return f"reads every row of {self.table}"


@dataclass(frozen=True)
class Plan:
    """What a database does for one query. `lines` are its own words, one a step.

    `sorted_for` names what no index has in order: ORDER BY, GROUP BY, DISTINCT, JOIN.
    Tables are real ones: of subqueries, views and CTEs, those that they read.
    """

    vendor: str
    lines: tuple[str, ...]
    steps: tuple[Step, ...]
    sorted_for: tuple[str, ...] = ()

    @property
    def indexes(self) -> tuple[str, ...]:
        """Indexes in which rows are searched for."""
        return self._distinct("index", "search", "part")

    @property
    def walked(self) -> tuple[str, ...]:
        """Indexes that are read from end to end, for their order or as a narrower table."""
        return self._distinct("index", "walk")

    @property
    def scanned(self) -> tuple[str, ...]:
        """Tables of which every row, or every entry of an index, is read."""
        return self._distinct("table", "scan", "build", "walk")

    @property
    def sorts(self) -> bool:
        return bool(self.sorted_for)

    def sentence(self) -> str:
        """`It searches sale by the index sale_day and sorts nothing.`"""
        if not self.steps:
            return "It reads no table."
        parts = list(dict.fromkeys(step.words() for step in self.steps))
        if not self.sorts:
            return f"It {', '.join(parts)} and sorts nothing."
        sorts = list(dict.fromkeys(SORTS[clause] for clause in self.sorted_for))
        return f"It {', '.join(parts + sorts)}."

    def _distinct(self, part: Literal["index", "table"], *hows: How) -> tuple[str, ...]:
        return tuple(dict.fromkeys(getattr(s, part) for s in self.steps if s.how in hows))


Params = Sequence[Any] | Mapping[str, Any] | None


def plan(query: Any, params: Params = None, using: str | None = None) -> Plan:
    """The plan of a queryset, or of SQL with its params; `using` is the queryset's own database.

    On PostgreSQL fill the tables and ANALYZE them first: it reads a small table whole, and is right.
    """
    from django.core.exceptions import EmptyResultSet
    from django.db import connections

    if isinstance(query, str):
        return _explained(connections[using or "default"], query, params)
    connection = connections[using or query.db]
    try:
        sql, params = query.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:  # Django knows that nothing can match, and asks nothing
        return Plan(connection.vendor, (), ())
    return _explained(connection, sql, params)


@contextlib.contextmanager
def plans(using: str = "default") -> Iterator[list[Plan]]:
    """The plans of all queries that the block sends in this thread, known when it has ended.

    For a function that returns rows and not a queryset. Transaction control has no plan.
    """
    from django.db import connections

    sent: list[tuple[str, Params]] = []
    found: list[Plan] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip(" (\n").upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    with connections[using].execute_wrapper(keep):
        yield found
    found += [_explained(connections[using], sql, params) for sql, params in sent]


def _explained(connection: Any, sql: str, params: Params) -> Plan:
    from core.judge import postgres_plan, sqlite_plan

    vendors = {"sqlite": sqlite_plan.explained, "postgresql": postgres_plan.explained}
    if connection.vendor not in vendors:
        raise ValueError(f"no plans of {connection.vendor}, only of {' and '.join(vendors)}")
    connection.ensure_connection()
    # Below the wrappers that count: a plan is no query of the learner's.
    with contextlib.closing(connection.create_cursor()) as cursor:
        return vendors[connection.vendor](cursor, sql, params)


def expect_plan(
    call: str,
    query: Any,
    *,
    uses: str | None = None,
    walks: str | None = None,
    scans: bool | Collection[str] = True,
    sorts: bool = True,
    because: str = "",
) -> Plan:
    """Raise OtherPlan unless the plan of `query` (a queryset, SQL or a Plan) is as asked.

    `uses` names an index that must be searched, `walks` one that must be read in its order, as for
    the latest ten. `scans=False`: no table may be read whole; a collection names those that may.
    `sorts=False`: all order must come from indexes.
    """
    found = query if isinstance(query, Plan) else plan(query)
    allowed = found.scanned if scans is True else tuple(scans or ())
    whole = [table for table in found.scanned if table not in allowed]
    if scans is not True:
        record(Measurement(name="tables read whole", call=call, value=len(whole), limit=0))
    if not sorts:
        record(Measurement(name="sorts", call=call, value=len(found.sorted_for), limit=0))
    wanted = [
        (f"searches by the index {uses}", uses is None or uses in found.indexes),
        (f"reads the index {walks} in order", walks is None or walks in found.walked),
        (f"reads {_none_but(allowed)} whole", not whole),
        ("sorts nothing", sorts or not found.sorts),
    ]
    asked = (uses is not None, walks is not None, scans is not True, not sorts)
    if not any(asked):
        raise TypeError("expect_plan() needs uses=, walks=, scans= or sorts=")
    if not all(holds for _, holds in wanted):
        words = [words for (words, _), said in zip(wanted, asked, strict=True) if said]
        reason = "\n".join(filter(None, [because, *found.lines]))
        raise OtherPlan(call, found.sentence(), f"It {' and '.join(words)}.", reason)
    return found


def _none_but(tables: Collection[str]) -> str:
    return f"no table but {', '.join(tables)}" if tables else "no table"
