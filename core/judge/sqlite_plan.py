"""SQLite's EXPLAIN QUERY PLAN as a Plan: words of a line → how a table is read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.judge.plan import PRIMARY, How, Params, Plan, Step

READ = re.compile(
    r"(?P<verb>SCAN|SEARCH) (?:TABLE )?(?P<name>.+?)(?: AS (?P<alias>\w+))?"
    r"(?: USING (?P<using>.+?)| VIRTUAL TABLE INDEX (?P<number>-?\d+):(?P<text>.*?))?"
    r"(?P<join>(?: [A-Z]+-JOIN| EXISTS)*)"
)
INDEX = re.compile(r"(?P<covering>COVERING )?INDEX (?P<name>.+?)(?: \((?P<keys>.*)\))?")
AUTOMATIC = re.compile(r"AUTOMATIC (?:PARTIAL )?COVERING INDEX \((?P<keys>.*)\)")
# What SQLite sorts into a table of its own, by the words after USE TEMP B-TREE FOR.
SORT = re.compile(r"USE TEMP B-TREE FOR (?:.* )?(?P<clause>ORDER BY|GROUP BY|DISTINCT)")
DOUBLES = ("USE TEMP B-TREE FOR", "UNION USING TEMP", "INTERSECT USING TEMP", "EXCEPT USING TEMP")
FTS5_MATCHES = re.compile("[MLG]")  # by MATCH, or by LIKE or GLOB on a trigram index


@dataclass(frozen=True)
class Schema:
    """What the plan's names mean. `tables` have the module of a virtual one, or ""."""

    tables: dict[str, str] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()
    named: dict[str, str] = field(default_factory=dict)  # automatic index → its constraint's name


def explained(cursor: Any, sql: str, params: Params) -> Plan:
    """Ask the plan of one statement."""
    schema = read_schema(cursor)
    statement = f"EXPLAIN QUERY PLAN {sql}"
    rows = cursor.execute(statement) if params is None else cursor.execute(statement, params)
    return parsed([str(row[3]) for row in rows.fetchall()], sql, schema)


def parsed(lines: Iterable[str], sql: str, schema: Schema) -> Plan:
    """The plan of the detail column; `sql` tells which table an alias stands for."""
    lines = tuple(lines)
    steps = [step for line in lines for step in _step(line, sql, schema)]
    clauses = tuple(clause for line in lines for clause in _sorted_for(line))
    return Plan("sqlite", lines, tuple(steps), clauses)


def _sorted_for(line: str) -> Iterable[str]:
    sort = SORT.match(line)
    if sort:
        yield sort["clause"]
    elif line.startswith(DOUBLES):
        yield "DISTINCT"


def _step(line: str, sql: str, schema: Schema) -> Iterable[Step]:
    """One step, or none where the line reads no table of the database."""
    read = READ.fullmatch(line)
    table = read and _table(read["name"], sql, schema)
    if not read or not table:
        return
    if read["number"] is not None:
        by = _looked_up(schema.tables.get(table, ""), int(read["number"]), read["text"])
        yield Step(table, "search", by) if by else Step(table, "scan")
        return
    using = read["using"] or ""
    automatic, index = AUTOMATIC.fullmatch(using), INDEX.fullmatch(using)
    if automatic:
        columns = re.findall(r"(\w+)[=<>]", automatic["keys"])
        yield Step(table, "build", ", ".join(columns))
    elif using.endswith(")") and "PRIMARY KEY (" in using:
        yield Step(table, "search", PRIMARY)
    elif index:
        how: How = "search" if read["verb"] == "SEARCH" else "walk"
        if how == "walk" and index["name"] in schema.partial:
            how = "part"
        name = schema.named.get(index["name"], index["name"])
        yield Step(table, how, name, bool(index["covering"]))
    else:  # a SEARCH by nothing is min() or max() without an index: it reads all
        yield Step(table, "scan")


def _table(name: str, sql: str, schema: Schema) -> str:
    """The table of this name or alias; "" for what a subquery, a view or a CTE has made.

    Two subqueries may give one alias to two tables; then both are named.
    """
    known = {table.lower(): table for table in schema.tables}
    if name.lower() in known:
        return known[name.lower()]
    quote = r"[\"`\[\]]?"
    alias = rf"{quote}\s+(?:AS\s+)?{quote}{re.escape(name)}(?!\w)"
    found = (t for t in schema.tables if re.search(rf"(?<!\w){re.escape(t)}{alias}", sql, re.I))
    return " or ".join(found)


def _looked_up(module: str, number: int, text: str) -> str:
    """By what a virtual table finds rows itself; "" if it gives all of them.

    Each module says it in a number and a text of its own.
    """
    if module == "fts5":
        if FTS5_MATCHES.search(text) or number & 1:
            return module
        return PRIMARY if re.search("[=<>]", text) or number & 0b11100 else ""
    if module in ("fts3", "fts4"):
        return {0: "", 1: PRIMARY}.get(number & 0xFFFF, module)
    if module == "rtree":
        return PRIMARY if number == 1 else module if text else ""
    return module if number or text else ""


def read_schema(cursor: Any) -> Schema:
    """The tables, partial indexes and constraints of the connection's own database."""
    sources = dict(
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' "
            "UNION ALL SELECT name, sql FROM sqlite_temp_master WHERE type = 'table'"
        ).fetchall()
    )
    virtual = re.compile(r"CREATE VIRTUAL TABLE .*?\sUSING\s+(\w+)", re.I | re.S)
    modules = {name: virtual.match(sql or "") for name, sql in sources.items()}
    tables = {name: module[1].lower() if module else "" for name, module in modules.items()}
    partial, named = set(), {}
    for table, sql in sources.items():
        listed = "SELECT name, origin, partial FROM pragma_index_list(%s)"
        for index, origin, is_partial in cursor.execute(listed, (table,)).fetchall():
            if is_partial:
                partial.add(index)
            if origin == "pk":
                named[index] = PRIMARY
            elif origin == "u":
                named[index] = _constraint(cursor, index, sql)
    return Schema(tables, frozenset(partial), named)


def _constraint(cursor: Any, index: str, sql: str) -> str:
    """The name of the UNIQUE constraint that SQLite made this index for, or `unique (columns)`."""
    rows = cursor.execute("SELECT name FROM pragma_index_info(%s)", (index,)).fetchall()
    columns = [str(name) for (name,) in rows]
    for name, keys in re.findall(r"CONSTRAINT\s+\"?(\w+)\"?\s+UNIQUE\s*\((.*?)\)", sql, re.I):
        if re.findall(r"\w+", keys) == columns:
            return str(name)
    return f"unique ({', '.join(columns)})"
