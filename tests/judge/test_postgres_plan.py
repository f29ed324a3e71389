"""Plans of PostgreSQL: stored ones, as version 15 gave them (COSTS OFF) for 60,000 rows a table."""

import json
from pathlib import Path

import pytest

from core.judge import postgres_plan

POSTGRES = {
    "search": "searches sale by the index sale_shop_day and sorts nothing",
    "primary key": "searches sale by its primary key and sorts nothing",
    "scan": "reads every row of sale and sorts nothing",
    "scan and sort": "reads every row of sale, then sorts them",
    "function on the column": "reads every row of sale and sorts nothing",
    "latest ten": "reads sale in the order of the index sale_day and sorts nothing",
    "index only": "searches sale by the index sale_day alone and sorts nothing",
    "partial": "reads the part of sale that the index sale_open holds and sorts nothing",
    "both indexes": (
        "searches sale by the index sale_day, searches sale by its primary key and sorts nothing"
    ),
    "join": "reads every row of item, searches sale by the index sale_day and sorts nothing",
    "subquery": "reads every row of sale, searches item by the index item_name and sorts nothing",
    "group by sort": "reads every row of sale, then sorts them into groups",
    "group by hash": "reads every row of sale and sorts nothing",
    "distinct": "reads every row of sale, then sorts out doubles",
    "union": "reads every row of sale, then sorts out doubles",
    "incremental sort": "reads sale in the order of the index sale_day, then sorts them",
    "merge join": "reads every row of sale, reads every row of item, then sorts them to join them",
    "parallel": "reads every row of sale, then sorts them",
    "window": "reads every row of sale, then sorts them",
    "cte": "searches sale by the index sale_day and sorts nothing",
    "recursive": "reads no table",
    "full text": "searches sale by the index sale_words and sorts nothing",
    "update": "searches sale by the index sale_day and sorts nothing",
    "ctid": "searches sale by its row address and sorts nothing",
    "nothing": "reads no table",
}
STORED = json.loads((Path(__file__).parent / "postgres_plans.json").read_text())
KEYS = postgres_plan.Schema(frozenset({"sale_pkey", "item_pkey"}), frozenset({"sale_open"}))


@pytest.mark.parametrize("name", POSTGRES)
def test_postgres_says(name):
    assert postgres_plan.parsed(STORED[name], KEYS).sentence() == f"It {POSTGRES[name]}."


def test_postgres_plan_is_asked_as_json():
    asked = []

    class Cursor:
        def execute(self, sql, params=None):
            asked.append((sql, params))

        def fetchall(self):
            if "pg_index" in asked[-1][0]:
                return [("sale_pkey", True, False), ("sale_open", False, True)]
            return [(STORED["both indexes"],)]

    found = postgres_plan.explained(Cursor(), "SELECT * FROM sale WHERE day = %s", ("x",))
    assert asked[1] == ("EXPLAIN (FORMAT JSON) SELECT * FROM sale WHERE day = %s", ("x",))
    assert found.indexes == ("sale_day", "primary key")
    assert found.lines == (
        "Bitmap Heap Scan on sale",
        "  BitmapOr",
        "    Bitmap Index Scan using sale_day",
        "    Bitmap Index Scan using sale_pkey",
    )
