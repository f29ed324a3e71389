"""Rows: what a database hands over counts, whichever way it is fetched, and by whose line."""

import pytest

from core.judge.counting import OverCount
from core.judge.rows import rows_at_most, rows_sent

FIVE = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n"
)


@pytest.fixture
def cursor(connections, monkeypatch):
    monkeypatch.setattr("django.db.connections", connections)
    with connections["default"].cursor() as cursor:
        yield cursor


@pytest.mark.parametrize(
    ("fetch", "sent"),
    [
        (lambda cursor: cursor.fetchall(), 5),
        (lambda cursor: list(cursor), 5),
        (lambda cursor: cursor.fetchone(), 1),
        (lambda cursor: cursor.fetchmany(3), 3),
        (lambda cursor: cursor.fetchmany(size=9), 5),
        (lambda cursor: None, 0),
        (lambda cursor: cursor.description, 0),
    ],
    ids=["fetchall", "iteration", "fetchone", "fetchmany", "size", "nothing", "description"],
)
def test_rows_are_counted_as_they_are_fetched(cursor, fetch, sent):
    with rows_sent() as rows:
        cursor.execute(FIVE)
        fetch(cursor)
    assert rows.sent == sent


def test_rows_of_what_execute_returns(cursor):
    with rows_sent() as rows:
        assert len(cursor.execute(FIVE).fetchall()) == 5
    assert rows.sent == 5


def test_one_cursor_twice_counts_each_row_once(cursor):
    with rows_sent() as rows:
        for _ in range(2):
            cursor.execute(FIVE)
            cursor.fetchall()
    assert rows.sent == 10


def test_end_of_rows_is_no_row(cursor):
    with rows_sent() as rows:
        cursor.execute("SELECT 1 WHERE 0")
        assert cursor.fetchone() is None
        assert cursor.fetchall() == []
    assert rows.sent == 0


def over_two(cursor):
    with rows_at_most("titles()", 2, because="Two would do."):
        cursor.execute(FIVE)
        cursor.fetchall()


def test_error_says_how_many(cursor, session):
    with pytest.raises(OverCount) as raised:
        over_two(cursor)
    assert (raised.value.got, raised.value.expected) == ("5 rows", "at most 2 rows")
    assert str(raised.value) == "Two would do.\ntests.py was sent 5 rows"
    assert [(each.name, each.value, each.limit) for each in session.measurements] == [
        ("rows", 5, 2)
    ]


def test_within_budget_is_measured(cursor, session):
    with rows_at_most("titles()", 5):
        cursor.execute(FIVE)
        cursor.fetchall()
    assert [(each.name, each.value, each.limit) for each in session.measurements] == [
        ("rows", 5, 5)
    ]


def test_exception_passes_through_and_ends_the_count(cursor, connections):
    with pytest.raises(KeyError), rows_at_most("titles()", 0) as rows:
        raise KeyError
    with connections["default"].cursor() as other:
        other.execute(FIVE)
        other.fetchall()
    assert rows.sent == 0
