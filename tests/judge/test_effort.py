"""Effort: what SQLite looks at counts, the same each time; what an index spares it does not."""

import pytest

from core.judge.effort import effort

MAKE = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)
INSERT INTO sale (day, shop) SELECT i, i %% 7 FROM n
"""


@pytest.fixture
def ask(connections, monkeypatch):
    """What a query costs in a table of so many rows."""
    monkeypatch.setattr("django.db.connections", connections)

    def ask(rows, sql):
        with connections["default"].cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS sale")
            cursor.execute("CREATE TABLE sale (day int, shop int)")
            cursor.execute("CREATE INDEX sale_day ON sale (day)")
            cursor.execute(MAKE, [rows])
            with effort() as spent:
                cursor.execute(sql).fetchall()
        return spent.steps

    return ask


def test_search_costs_the_same_in_any_table(ask):
    found = [ask(rows, "SELECT * FROM sale WHERE day BETWEEN 5 AND 9") for rows in (20, 200, 2000)]
    assert found[0] == found[1] == found[2] > 0


def test_scan_costs_each_row(ask):
    few, many = (ask(rows, "SELECT * FROM sale WHERE shop = 8") for rows in (200, 2000))
    assert 200 <= few < 2000 <= many


def test_nothing_counts_outside_the_block(ask, connections):
    with effort() as spent:
        pass
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1").fetchall()
    assert spent.steps == 0


def test_exception_passes_through_and_ends_the_count(ask, connections):
    with pytest.raises(KeyError), effort() as spent:
        raise KeyError
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1").fetchall()
    assert spent.steps == 0


def test_error_other_vendors(monkeypatch):
    class Connection:
        vendor = "postgresql"

    monkeypatch.setattr("django.db.connections", {"default": Connection()})
    with pytest.raises(ValueError, match="no effort of postgresql, only of sqlite"), effort():
        pass
