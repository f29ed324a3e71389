"""Entries of indexes: what each new row has to write beside itself."""

from core.judge.counting import OverCount
from core.judge.growth import rolled_back
from core.judge.instrument import record
from core.verdict import Measurement


def index_entries(table: str) -> dict[str, int]:
    """How many entries each index of a table holds, the primary key's apart, the largest first.

    A partial index holds those of its rows alone. Only SQLite is asked: there ANALYZE counts them.
    """
    from django.db import connections

    connection = connections["default"]
    if connection.vendor != "sqlite":
        raise ValueError(f"no index entries of {connection.vendor}, only of sqlite")
    # Rolled back: what ANALYZE leaves behind would change the plans of later queries.
    with rolled_back(), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
        cursor.execute("SELECT name FROM pragma_index_list(%s)", [table])
        entries = {str(name): 0 for (name,) in cursor.fetchall()}  # an empty one has no statistics
        cursor.execute("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = %s", [table])
        entries |= {str(name): int(stat.split()[0]) for name, stat in cursor.fetchall() if name}
    return dict(sorted(entries.items(), key=lambda each: -each[1]))


def entries_at_most(call: str, table: str, most: int, *, because: str = "") -> dict[str, int]:
    """Raise OverCount if the indexes of a table hold more than `most` entries together."""
    entries = index_entries(table)
    total = sum(entries.values())
    record(Measurement(name="index entries", call=call, value=total, limit=most))
    if total > most:
        each = (f"{name}: {number}" for name, number in entries.items())
        words = "\n".join(filter(None, [because, *each]))
        raise OverCount(call, f"{total} entries", f"at most {most} entries", words)
    return entries
