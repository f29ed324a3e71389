"""Rows: each that Python fetches counts, one that stays in the database does not."""

import pytest

from core.judge.counting import OverCount
from core.judge.rows import rows, rows_at_most

NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)"


@pytest.fixture(params=["sqlite", "postgresql"])
def cursor(request, monkeypatch):
    """A cursor on a database of each vendor, as the code in the block opens one."""
    name = "connections" if request.param == "sqlite" else "postgres"
    handler = request.getfixturevalue(name)
    monkeypatch.setattr("django.db.connections", handler)
    assert handler["default"].vendor == request.param
    return handler["default"].cursor


def test_each_row_counts_however_it_is_fetched(cursor):
    with rows() as found, cursor() as each:
        each.execute(f"{NUMBERS} SELECT i FROM n")
        got = [each.fetchone(), *each.fetchmany(2), *each, *each.fetchall()]
    assert got == [(i,) for i in range(1, 10)]
    assert found.fetched == 9


def test_what_the_database_keeps_does_not_count(cursor):
    with rows() as found, cursor() as each:
        each.execute(f"{NUMBERS} SELECT count(*) FROM n")
        assert each.fetchall() == [(9,)]
    assert found.fetched == 1


def test_nothing_counts_outside_the_block(cursor):
    with pytest.raises(KeyError), rows() as found:
        raise KeyError
    with cursor() as each:
        each.execute("SELECT 1")
        assert each.fetchall() == [(1,)]
    assert found.fetched == 0


def test_more_than_allowed_is_a_mismatch(cursor):
    def ask(most):
        with rows_at_most("few()", most, because="One is shown."), cursor() as each:
            each.execute(f"{NUMBERS} SELECT i FROM n")
            each.fetchall()

    ask(9)
    with pytest.raises(OverCount, match="One is shown") as caught:
        ask(8)
    assert (caught.value.got, caught.value.expected) == ("9 rows fetched", "at most 8 rows")


def test_error_other_vendors(monkeypatch):
    class Connection:
        vendor = "oracle"

    monkeypatch.setattr("django.db.connections", {"default": Connection()})
    with (
        pytest.raises(ValueError, match="no rows of oracle, only of sqlite and postgresql"),
        rows(),
    ):
        pass
