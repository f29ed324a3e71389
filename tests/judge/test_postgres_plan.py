"""Plans of PostgreSQL: stored ones, of version 15 for 60,000 rows a table; then the real server's."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from core.judge import postgres_plan
from core.judge.plan import OtherPlan, expect_plan, plan, plans
from core.judge.queries import recorded

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


# --- asked of the real server ---------------------------------------------------------------------

TABLES = """
CREATE TABLE sale (id int PRIMARY KEY, day date, shop int, amount int, note text, back_at date);
INSERT INTO sale SELECT n, DATE '2020-01-01' + n % 3000, n % 10, n % 500, 'note ' || n, '2021-01-01'
    FROM generate_series(1, 60000) n;
UPDATE sale SET back_at = NULL WHERE id % 100 = 0;
CREATE INDEX sale_day ON sale (day);
CREATE INDEX sale_shop_day ON sale (shop, day);
CREATE INDEX sale_open ON sale (shop) WHERE back_at IS NULL;
CREATE INDEX sale_words ON sale USING gin (to_tsvector('simple', note));
CREATE TABLE item (id int PRIMARY KEY, sale_id int, name text);
INSERT INTO item SELECT n, n, 'x' || n % 6000 FROM generate_series(1, 60000) n;
CREATE INDEX item_name ON item (name);
ANALYZE sale;
ANALYZE item;
"""
DAY = "day = '2020-03-01'"
QUERIES = {
    "search": f"SELECT * FROM sale WHERE shop = 3 AND {DAY}",
    "primary key": "SELECT * FROM sale WHERE id = 4",
    "scan": "SELECT * FROM sale WHERE amount = 7",
    "scan and sort": "SELECT * FROM sale WHERE amount % 2 = 1 ORDER BY note",
    "function on the column": "SELECT * FROM sale WHERE date_trunc('year', day) = '2020-01-01'",
    "latest ten": "SELECT * FROM sale ORDER BY day DESC LIMIT 10",
    "partial": "SELECT * FROM sale WHERE back_at IS NULL",
    "both indexes": f"SELECT * FROM sale WHERE {DAY} OR id = 5",
    "join": f"SELECT * FROM sale s JOIN item i ON i.sale_id = s.id WHERE s.{DAY}",
    "subquery": "SELECT * FROM sale WHERE id + 0 IN (SELECT sale_id FROM item WHERE name = 'x3')",
    "group by hash": "SELECT shop, count(*) FROM sale GROUP BY shop",
    "incremental sort": "SELECT * FROM sale ORDER BY day, note LIMIT 10",
    "window": "SELECT amount, rank() OVER (PARTITION BY shop ORDER BY amount) FROM sale",
    "recursive": "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 10) "
    "SELECT * FROM t",
    "full text": "SELECT * FROM sale WHERE to_tsvector('simple', note) @@ to_tsquery('simple', '77')",
    "update": f"UPDATE sale SET amount = 0 WHERE {DAY}",
    "ctid": "SELECT * FROM sale WHERE ctid = '(0,1)'",
    "nothing": "SELECT 1",
}


@pytest.fixture
def filled(postgres):
    with postgres["default"].cursor() as cursor:
        cursor.execute(TABLES)
    return postgres["default"]


def test_real_plans_are_said_as_the_stored_ones(filled):
    found = {name: plan(sql).sentence() for name, sql in QUERIES.items()}
    assert found == {name: f"It {POSTGRES[name]}." for name in QUERIES}


def test_index_alone_once_it_is_vacuumed(filled):
    with filled.cursor() as cursor:
        cursor.execute("VACUUM sale")
    sql = "SELECT day FROM sale WHERE day BETWEEN '2020-01-01' AND '2020-01-05'"
    assert plan(sql).sentence() == f"It {POSTGRES['index only']}."


def test_sorts_where_hashing_is_forbidden(filled):
    with filled.cursor() as cursor:
        cursor.execute(
            "SET enable_hashagg = off; SET enable_hashjoin = off; SET enable_nestloop = off"
        )
    found = {
        "group by sort": plan("SELECT note, count(*) FROM sale GROUP BY note"),
        "distinct": plan("SELECT DISTINCT note FROM sale"),
        "union": plan("SELECT note FROM sale UNION SELECT note FROM sale"),
        "merge join": plan("SELECT * FROM sale s JOIN item i ON i.sale_id = s.amount"),
    }
    assert {name: each.sentence() for name, each in found.items()} == {
        name: f"It {POSTGRES[name]}." for name in found
    }


def test_real_plan_has_its_lines_and_is_not_counted(filled):
    with recorded() as ledger:
        found = plan(f"SELECT * FROM sale WHERE {DAY} OR id = %s", (5,))
    assert found.indexes == ("sale_day", "primary key")
    assert found.lines == (
        "Bitmap Heap Scan on sale",
        "  BitmapOr",
        "    Bitmap Index Scan using sale_day",
        "    Bitmap Index Scan using sale_pkey",
    )
    assert ledger == []


def test_plan_of_a_queryset_and_of_what_a_block_sends(filled):
    with filled.cursor() as cursor:
        cursor.execute("CREATE TABLE auth_group (id int PRIMARY KEY, name varchar(150) UNIQUE)")
        cursor.execute(
            "INSERT INTO auth_group SELECT n, 'name ' || n FROM generate_series(1, 9999) n"
        )
        cursor.execute("ANALYZE auth_group")
    wanted = Group.objects.filter(name="name 7")
    expect_plan("by name", wanted, uses="auth_group_name_key", scans=False, sorts=False)
    with plans() as found, filled.cursor() as cursor:
        cursor.execute("SELECT id FROM auth_group WHERE name = %s", ["name 7"])
        assert cursor.fetchall() == [(7,)]
    assert [each.indexes for each in found] == [("auth_group_name_key",)]
    with pytest.raises(OtherPlan):
        expect_plan(
            "in order", Group.objects.order_by("name").filter(pk__gt=0), sorts=False, scans=False
        )
