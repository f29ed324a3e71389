"""Entries of indexes: counted by SQLite, left as they were, judged against a number."""

import pytest

from core.judge.counting import OverCount
from core.judge.indexes import entries_at_most, index_entries
from core.judge.instrument import case_ends
from core.judge.plan import plan

SCHEMA = """
CREATE TABLE sale (id integer PRIMARY KEY, day int, shop int, paid int, isbn text UNIQUE);
CREATE INDEX sale_day ON sale (day);
CREATE INDEX sale_shop_day ON sale (shop, day);
CREATE INDEX sale_unpaid ON sale (day) WHERE paid IS NULL;
CREATE INDEX sale_never ON sale (day) WHERE day > 100;
CREATE TABLE other (id integer PRIMARY KEY, day int);
CREATE INDEX other_day ON other (day);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
INSERT INTO sale (day, shop, paid, isbn) SELECT i, i, CASE WHEN i < 18 THEN 1 END, i FROM n
"""
FOUND = {
    "sqlite_autoindex_sale_1": 20,
    "sale_shop_day": 20,
    "sale_day": 20,
    "sale_unpaid": 3,
    "sale_never": 0,
}


@pytest.fixture
def database(connections, monkeypatch):
    monkeypatch.setattr("django.db.connections", connections)
    with connections["default"].cursor() as cursor:
        for statement in SCHEMA.split(";"):
            cursor.execute(statement)
    return connections["default"]


def test_entries_of_each_index(database):
    assert index_entries("sale") == FOUND
    assert list(index_entries("sale").values()) == [20, 20, 20, 3, 0]
    assert index_entries("other") == {"other_day": 0}


def test_no_statistics_are_left_behind(database):
    sql = "SELECT * FROM sale WHERE day > 3 AND shop = 2"
    before = plan(sql)
    index_entries("sale")
    assert plan(sql) == before
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        assert cursor.fetchone() == (0,)


def test_as_many_as_allowed_are_given_back_and_measured(database):
    assert entries_at_most("entries", "sale", 63) == FOUND
    assert [(each["name"], each["value"], each["limit"]) for each in case_ends()] == [
        ("index entries", 63, 63)
    ]


def test_more_than_allowed_are_told(database):
    with pytest.raises(OverCount) as caught:
        entries_at_most("entries of sale", "sale", 62, because="Each costs a write.")
    error = caught.value
    assert (error.call, error.got, error.expected) == (
        "entries of sale",
        "63 entries",
        "at most 62 entries",
    )
    lines = [f"{name}: {number}" for name, number in index_entries("sale").items()]
    assert str(error).split("\n") == ["Each costs a write.", *lines]


def test_error_other_vendors(monkeypatch):
    class Connection:
        vendor = "postgresql"

    monkeypatch.setattr("django.db.connections", {"default": Connection()})
    with pytest.raises(ValueError, match="no index entries of postgresql, only of sqlite"):
        index_entries("sale")
