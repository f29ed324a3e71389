"""Plans of SQLite: every word that it says, on the tables of SCHEMA."""

import pytest
from django.db import ConnectionHandler

from core.judge import sqlite_plan
from core.judge.plan import Step, plan

SCHEMA = """
CREATE TABLE sale (id integer PRIMARY KEY, day text, shop int, amount int, note text);
CREATE INDEX sale_day ON sale (day);
CREATE INDEX sale_shop_day ON sale (shop, day);
CREATE INDEX sale_big ON sale (amount) WHERE amount > 100;
CREATE INDEX sale_lower ON sale (lower(note));
CREATE TABLE item (id integer PRIMARY KEY, sale_id int, name text);
CREATE TABLE tag (name text PRIMARY KEY, size int);
CREATE TABLE bare (name text PRIMARY KEY, size int) WITHOUT ROWID;
CREATE TABLE copy (isbn text UNIQUE, shelf int, place int,
  CONSTRAINT "copy_place" UNIQUE ("shelf", "place"));
CREATE VIRTUAL TABLE book USING fts5(title, body);
CREATE VIRTUAL TABLE old USING fts4(title);
CREATE VIRTUAL TABLE area USING rtree(id, low, high);
CREATE VIEW days AS SELECT day, count(*) AS sales FROM sale GROUP BY day
"""


@pytest.fixture(scope="module")
def tables(django_db_blocker):
    """Connections to a database in memory, with the tables of SCHEMA."""
    options = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    connections = ConnectionHandler({"default": options})
    with django_db_blocker.unblock():
        with connections["default"].cursor() as cursor:
            for statement in SCHEMA.split(";"):
                cursor.execute(statement)
        yield connections
        connections.close_all()


SQLITE = {
    "SELECT * FROM sale WHERE day = '1'": "searches sale by the index sale_day and sorts nothing",
    "SELECT day FROM sale WHERE day = '1'": (
        "searches sale by the index sale_day alone and sorts nothing"
    ),
    "SELECT * FROM sale WHERE day = '1' ORDER BY amount": (
        "searches sale by the index sale_day, then sorts them"
    ),
    "SELECT * FROM sale WHERE shop = 1 ORDER BY day": (
        "searches sale by the index sale_shop_day and sorts nothing"
    ),
    "SELECT * FROM sale WHERE shop = 1 ORDER BY day, amount": (
        "searches sale by the index sale_shop_day, then sorts them"
    ),
    "SELECT * FROM sale WHERE day = '1' OR shop = 2": (
        "searches sale by the index sale_day, searches sale by the index sale_shop_day and sorts nothing"
    ),
    "SELECT * FROM sale WHERE date(day) = '1'": "reads every row of sale and sorts nothing",
    "SELECT shop FROM sale WHERE date(day) = '1'": (
        "reads the index sale_shop_day in place of sale and sorts nothing"
    ),
    "SELECT id FROM sale WHERE lower(note) = 'x'": (
        "searches sale by the index sale_lower and sorts nothing"
    ),
    "SELECT * FROM sale WHERE note = 'SCAN item' ORDER BY amount": (
        "reads every row of sale, then sorts them"
    ),
    "SELECT * FROM sale ORDER BY day LIMIT 10": (
        "reads sale in the order of the index sale_day and sorts nothing"
    ),
    "SELECT * FROM sale ORDER BY note LIMIT 10": "reads every row of sale, then sorts them",
    "SELECT * FROM sale ORDER BY id": "reads every row of sale and sorts nothing",
    "SELECT * FROM sale WHERE id = 4": "searches sale by its primary key and sorts nothing",
    "SELECT * FROM sale WHERE rowid > 4": "searches sale by its primary key and sorts nothing",
    "SELECT * FROM tag WHERE name = 'x'": "searches tag by its primary key and sorts nothing",
    "SELECT * FROM bare WHERE name = 'x'": "searches bare by its primary key and sorts nothing",
    "SELECT * FROM copy WHERE isbn = 'x'": (
        "searches copy by the index unique (isbn) and sorts nothing"
    ),
    "SELECT * FROM copy WHERE shelf = 1 AND place = 2": (
        "searches copy by the index copy_place and sorts nothing"
    ),
    "SELECT * FROM sale WHERE amount > 100 AND note = 'x'": (
        "searches sale by the index sale_big and sorts nothing"
    ),
    "SELECT min(day) FROM sale": "searches sale by the index sale_day alone and sorts nothing",
    "SELECT max(name) FROM item": "reads every row of item and sorts nothing",
    "SELECT note, count(*) FROM sale GROUP BY note": (
        "reads every row of sale, then sorts them into groups"
    ),
    "SELECT DISTINCT note FROM sale": "reads every row of sale, then sorts out doubles",
    "SELECT count(DISTINCT note) FROM sale": "reads every row of sale, then sorts out doubles",
    "SELECT note FROM sale UNION SELECT name FROM item": (
        "reads every row of sale, reads every row of item, then sorts out doubles"
    ),
    # joins
    "SELECT * FROM item i JOIN sale AS s ON i.sale_id = s.id": (
        "reads every row of item, searches sale by its primary key and sorts nothing"
    ),
    "SELECT * FROM sale s LEFT JOIN item i ON i.sale_id = s.id": (
        "reads every row of sale, reads every row of item into an index on sale_id for this one query "
        "and sorts nothing"
    ),
    'SELECT "T3".id FROM "sale" INNER JOIN "sale" "T3" ON "T3"."day" = "sale"."day" WHERE "sale"."id" = 3': (
        "searches sale by its primary key, searches sale by the index sale_day alone and sorts nothing"
    ),
    # subqueries, views, CTEs: the tables that they read
    "SELECT * FROM sale WHERE id IN (SELECT sale_id FROM item)": (
        "searches sale by its primary key, reads every row of item and sorts nothing"
    ),
    "SELECT (SELECT name FROM item U0 WHERE U0.sale_id = sale.id) FROM sale WHERE day = '3'": (
        "searches sale by the index sale_day alone, reads every row of item and sorts nothing"
    ),
    "SELECT * FROM days WHERE day = '1'": (
        "searches sale by the index sale_day alone and sorts nothing"
    ),
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT n FROM t": (
        "reads no table"
    ),
    "SELECT * FROM (SELECT shop, max(note) FROM sale GROUP BY shop) q JOIN item ON item.id = q.shop": (
        "reads sale in the order of the index sale_shop_day, searches item by its primary key "
        "and sorts nothing"
    ),
    # virtual tables
    "SELECT * FROM book WHERE book MATCH 'x'": (
        "searches book by its full-text index and sorts nothing"
    ),
    "SELECT * FROM book b WHERE b.title MATCH 'x' ORDER BY rank": (
        "searches book by its full-text index and sorts nothing"
    ),
    "SELECT * FROM book WHERE title LIKE '%x%'": "reads every row of book and sorts nothing",
    "SELECT * FROM book WHERE rowid = 3": "searches book by its primary key and sorts nothing",
    "SELECT * FROM old WHERE title MATCH 'x'": (
        "searches old by its full-text index and sorts nothing"
    ),
    "SELECT * FROM old WHERE title = 'x'": "reads every row of old and sorts nothing",
    "SELECT * FROM old WHERE docid = 3": "searches old by its primary key and sorts nothing",
    "SELECT * FROM area WHERE low > 3": "searches area by the index rtree and sorts nothing",
    "SELECT * FROM area": "reads every row of area and sorts nothing",
    "SELECT * FROM area WHERE id = 3": "searches area by its primary key and sorts nothing",
    "SELECT * FROM json_each('[1]')": "reads no table",
    # others
    "SELECT 1": "reads no table",
    "UPDATE sale SET amount = 1 WHERE day = '1'": (
        "searches sale by the index sale_day and sorts nothing"
    ),
    "DELETE FROM item WHERE name = 'x'": "reads every row of item and sorts nothing",
}


@pytest.mark.parametrize("sql", SQLITE)
def test_sqlite_says(tables, monkeypatch, sql):
    monkeypatch.setattr("django.db.connections", tables)
    assert plan(sql).sentence() == f"It {SQLITE[sql]}."


@pytest.mark.parametrize(
    ("line", "step"),
    [
        # as SQLite said it before 3.36
        ("SCAN TABLE sale", Step("sale", "scan")),
        ("SCAN TABLE sale AS s", Step("sale", "scan")),
        ("SEARCH TABLE sale AS s USING INDEX sale_day (day=?)", Step("sale", "search", "sale_day")),
        ("SCAN TABLE book VIRTUAL TABLE INDEX 1:", Step("book", "search", "fts5")),
        ("SCAN TABLE book VIRTUAL TABLE INDEX 32:", Step("book", "scan")),
        # as it says it under other conditions
        (
            "SEARCH sale USING COVERING INDEX sale_day (ANY(shop) AND day>?)",
            Step("sale", "search", "sale_day", True),
        ),
        (
            "SEARCH sale USING AUTOMATIC PARTIAL COVERING INDEX (day=? AND shop>?)",
            Step("sale", "build", "day, shop"),
        ),
        ("SCAN sale USING INDEX sale_big", Step("sale", "part", "sale_big")),
        ("SCAN sale LEFT-JOIN", Step("sale", "scan")),
    ],
)
def test_other_words_of_sqlite(line, step):
    schema = sqlite_plan.Schema({"sale": "", "book": "fts5"}, frozenset({"sale_big"}))
    assert sqlite_plan.parsed([line], "SELECT 1", schema).steps == (step,)


@pytest.mark.parametrize(
    "line",
    [
        *("SCAN CONSTANT ROW", "SCAN 2 CONSTANT ROWS", "SCAN SUBQUERY 1", "SCAN (subquery-1)"),
        *("CO-ROUTINE sale", "MATERIALIZE sale", "BLOOM FILTER ON sale (day=?)", "RIGHT-JOIN sale"),
        *("LIST SUBQUERY 1", "MULTI-INDEX OR", "INDEX 1", "COMPOUND QUERY", "SCAN days"),
    ],
)
def test_lines_that_read_no_table(line):
    found = sqlite_plan.parsed([line], "SELECT 1", sqlite_plan.Schema({"sale": ""}))
    assert (found.steps, found.sorted_for, found.lines) == ((), (), (line,))


def test_one_alias_of_two_tables_names_both():
    sql = "SELECT (SELECT 1 FROM sale U0), (SELECT 1 FROM item AS U0) FROM tag"
    schema = sqlite_plan.Schema({"sale": "", "item": "", "tag": ""})
    assert sqlite_plan.parsed(["SCAN U0"], sql, schema).steps == (Step("sale or item", "scan"),)
