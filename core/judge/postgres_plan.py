"""PostgreSQL's EXPLAIN (FORMAT JSON) as a Plan: nodes of a tree → how a table is read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.judge.plan import PRIMARY, ROW, How, Params, Plan, Step

Node = dict[str, Any]

SCANS = ("Seq Scan", "Sample Scan", "Foreign Scan")
INDEXED = ("Index Scan", "Index Only Scan")
GATHER = ("Gather", "Gather Merge", "Merge Append")
# What a sort is for, by the node that asked for it; at the top it is the query's own order.
SORTS_FOR = {
    **{"Aggregate": "GROUP BY", "Group": "GROUP BY"},
    **{"Unique": "DISTINCT", "SetOp": "DISTINCT", "Merge Join": "JOIN"},
}


@dataclass(frozen=True)
class Schema:
    """Indexes of primary keys, and partial ones, by name."""

    primary: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()


def explained(cursor: Any, sql: str, params: Params) -> Plan:
    """Ask the plan of one statement."""
    schema = read_schema(cursor)
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
    ((value,),) = cursor.fetchall()
    return parsed(json.loads(value) if isinstance(value, str) else value, schema)


def read_schema(cursor: Any) -> Schema:
    cursor.execute(
        "SELECT c.relname, i.indisprimary, i.indpred IS NOT NULL "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    )
    rows = cursor.fetchall()
    return Schema(
        frozenset(name for name, primary, _ in rows if primary),
        frozenset(name for name, _, partial in rows if partial),
    )


def parsed(value: list[dict[str, Node]], schema: Schema) -> Plan:
    """The plan of the JSON value, as PostgreSQL gives it: a list of one."""
    top = value[0]["Plan"]
    steps = tuple(_steps(top, "", schema))
    return Plan("postgresql", tuple(_lines(top, 0)), steps, tuple(_sorted_for(top, "")))


def _steps(node: Node, table: str, schema: Schema) -> Iterator[Step]:
    """`table` is that of the bitmap scan above, which its index scans do not name."""
    kind, table = node["Node Type"], node.get("Relation Name", table)
    if kind in SCANS:
        yield Step(table, "scan")
    elif kind == "Tid Scan":
        yield Step(table, "search", ROW)
    elif kind in INDEXED or kind == "Bitmap Index Scan":
        name = node["Index Name"]
        how: How = "search" if "Index Cond" in node or "Order By" in node else "walk"
        if how == "walk" and name in schema.partial:
            how = "part"
        shown = PRIMARY if name in schema.primary else name
        yield Step(table, how, shown, kind == "Index Only Scan")
    for child in node.get("Plans", ()):
        yield from _steps(child, table, schema)


def _sorted_for(node: Node, above: str) -> Iterator[str]:
    kind = node["Node Type"]
    if kind in ("Sort", "Incremental Sort"):
        yield SORTS_FOR.get(above, "ORDER BY")
    for child in node.get("Plans", ()):
        # A gathering of workers, or of parts that are in order, passes on what it is asked for.
        yield from _sorted_for(child, above if kind in GATHER else kind)


def _lines(node: Node, depth: int) -> Iterator[str]:
    using = f" using {node['Index Name']}" if "Index Name" in node else ""
    on = f" on {node['Relation Name']}" if "Relation Name" in node else ""
    keys = f" by {', '.join(node['Sort Key'])}" if "Sort Key" in node else ""
    yield f"{'  ' * depth}{node['Node Type']}{using}{on}{keys}"
    for child in node.get("Plans", ()):
        yield from _lines(child, depth + 1)
