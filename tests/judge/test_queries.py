"""Budgets: every connection of every thread counts, transaction control does not."""

import threading

import pytest
from django.db import DatabaseError, transaction

from core.judge.instrument import Statement, case_begins, case_ends
from core.judge.queries import (
    MOST_DETAILS,
    OverBudget,
    budget,
    by_shape,
    counted,
    recorded,
    said,
    shape,
)
from core.verdict import Shape


def ask(connection, times: int = 1, sql: str = "SELECT 1 AS one") -> None:
    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute(sql)


def sent(ledger) -> list[tuple[str, str]]:
    return [(statement.alias, statement.sql) for statement in ledger]


def over(call: str, queries: int, block) -> tuple[str, str, str, str]:
    with pytest.raises(OverBudget) as caught, budget(call, queries=queries):
        block()
    error = caught.value
    return error.call, error.got, error.expected, str(error)


def told() -> list[dict]:
    """The case's measurements, with shapes as sentences."""
    found = case_ends()
    for each in found:
        each["shapes"] = tuple(said(tuple(Shape(**shape) for shape in each["shapes"])))
        assert each.pop("points") == ()
    return found


def measured(value: int, limit: int, *details: str) -> dict:
    return {
        "name": "queries",
        "call": "titles()",
        "value": value,
        "limit": limit,
        "shapes": details,
    }


@pytest.mark.parametrize(
    ("asked", "allowed", "details"),
    [
        (0, 0, ()),
        (1, 1, ("tests.py asked once: SELECT 1 AS one",)),
        (2, 3, ("tests.py asked 2 times: SELECT 1 AS one",)),
    ],
)
def test_within_the_budget_is_measured(connections, asked, allowed, details):
    with budget("titles()", queries=allowed) as ledger:
        ask(connections["default"], asked)
    assert len(ledger) == asked
    assert told() == [measured(asked, allowed, *details)]


def test_over_the_budget_names_who_asked(connections):
    def block():
        ask(connections["default"], 2)
        ask(connections["default"], 1, 'SELECT "name" FROM "sqlite_master"')

    assert over("titles()", 1, block) == (
        "titles()",
        "3 queries",
        "at most 1 query",
        "tests.py asked 2 times: SELECT 1 AS one\ntests.py asked once: SELECT … FROM sqlite_master",
    )
    assert told() == [
        measured(
            3,
            1,
            "tests.py asked 2 times: SELECT 1 AS one",
            "tests.py asked once: SELECT … FROM sqlite_master",
        )
    ]


def test_every_alias_counts(connections):
    with budget("titles()", queries=2) as ledger:
        ask(connections["default"])
        ask(connections["other"])
    assert sent(ledger) == [("default", "SELECT 1 AS one"), ("other", "SELECT 1 AS one")]


def test_every_thread_counts(connections):
    def work():
        ask(connections["default"])
        connections.close_all()

    def block():
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert over("titles()", 3, block)[1:3] == ("4 queries", "at most 3 queries")


def test_transaction_control_is_in_the_ledger_and_free(connections):
    with budget("titles()", queries=1) as ledger, transaction.atomic():
        with transaction.atomic():
            ask(connections["default"])
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
    assert [statement.sql.split()[0] for statement in ledger] == [
        *("BEGIN", "SAVEPOINT", "SELECT", "RELEASE", "SAVEPOINT", "ROLLBACK", "RELEASE")
    ]
    assert told() == [measured(1, 1, "tests.py asked once: SELECT 1 AS one")]


@pytest.mark.parametrize(
    ("sql", "counts"),
    [
        ("BEGIN IMMEDIATE", False),
        (" \n commit", False),
        ("RELEASE SAVEPOINT x", False),
        ("SELECT 'COMMIT'", True),
        ("PRAGMA table_info(x)", True),
    ],
)
def test_only_transaction_control_is_free(sql, counts):
    assert Statement(sql, "default", 0.0, "").counted is counts


def test_many_rows_at_once_are_one_query(connections):
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE t (n)")
        with budget("titles()", queries=1) as ledger:
            cursor.executemany("INSERT INTO t (n) VALUES (%s)", [(1,), (2,), (3,)])
    assert sent(ledger) == [("default", "INSERT INTO t (n) VALUES (%s)")]


def test_statement_that_fails_counts(connections):
    with budget("titles()", queries=1) as ledger, pytest.raises(DatabaseError):
        ask(connections["default"], 1, "SELECT nothing FROM nowhere")
    assert len(ledger) == 1


def test_connection_that_is_opened_again_counts_once(connections):
    ask(connections["default"])
    connections["default"].close()
    with budget("titles()", queries=1) as ledger:
        ask(connections["default"])
    assert len(ledger) == 1


def test_budgets_within_one_another_each_count_their_own(connections):
    with budget("titles()", queries=2) as outer:
        with budget("titles()", queries=0) as empty:
            pass
        ask(connections["default"])
        with budget("titles()", queries=1) as inner:
            ask(connections["other"])
    ask(connections["default"])
    assert (len(outer), len(empty), len(inner)) == (2, 0, 1)
    assert [each["value"] for each in case_ends()] == [0, 1, 2]


def test_block_that_raises_is_not_measured_and_ends_its_ledger(connections, session):
    def block():
        ask(connections["default"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), budget("titles()", queries=0):
        block()
    assert (case_ends(), session.ledgers) == ([], [])


def test_empty_ledgers_are_told_apart(session):
    with recorded() as outer:
        with recorded() as inner:
            pass
        assert session.ledgers[0] is outer
    assert inner is not outer
    assert session.ledgers == []


def test_case_begins_without_measurements(connections):
    with budget("titles()", queries=0):
        pass
    case_begins()
    assert case_ends() == []


def statements(*asked: tuple[str, str, int]) -> list[Statement]:
    return [Statement(sql, "default", 0.0, line) for line, sql, n in asked for _ in range(n)]


def test_by_shape_groups_by_line_and_shape_most_frequent_first():
    asked = statements(
        ("exercise.py:9", 'SELECT "a"."id" FROM "a" WHERE "a"."id" = %s', 1),
        ("exercise.py:4", 'SELECT "a"."id" FROM "a" WHERE "a"."id" = %s', 2),
        ("exercise.py:4", 'SELECT "a"."id", "a"."x" FROM "a" WHERE "a"."id" = %s', 1),
        ("", "SELECT 1", 1),
    )
    assert list(said(by_shape(asked))) == [
        "exercise.py:4 asked 3 times: SELECT … FROM a WHERE id = %s; once would do",
        "exercise.py:9 asked once: SELECT … FROM a WHERE id = %s",
        "tests.py asked once: SELECT 1",
    ]


def test_by_shape_says_how_many_more():
    asked = statements(*(("e.py:1", f"SELECT {n}", 1) for n in range(MOST_DETAILS + 3)))
    lines = list(said(by_shape(asked)))
    assert len(lines) == MOST_DETAILS + 1
    assert lines[-1] == "… and 3 more shapes"
    assert len(list(said(by_shape(asked[:MOST_DETAILS])))) == MOST_DETAILS


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", "SELECT 1"),
        ('SELECT "a"."id", "a"."x" FROM "a"', "SELECT … FROM a"),
        ("SELECT `a`.`id` FROM `a` WHERE `a`.`x` = %s", "SELECT … FROM a WHERE x = %s"),
        ('SELECT\n  DISTINCT "a"."id"\nFROM "a"', "SELECT DISTINCT … FROM a"),
        ('SELECT COUNT(*) AS "__count" FROM "a"', "SELECT … FROM a"),
        ('SELECT "a"."id" FROM "a" ORDER BY "a"."x" LIMIT 21 OFFSET 40', "SELECT … FROM a ORDER BY x"),
        ('SELECT "a"."id" FROM "a" WHERE "a"."id" IN (%s, %s)', "SELECT … FROM a WHERE id IN (…)"),
        ('SELECT "a"."id" FROM "a" WHERE "a"."id" IN (%s)', "SELECT … FROM a WHERE id IN (…)"),
        (
            'SELECT "a"."id" FROM "a" INNER JOIN "b" ON ("a"."b_id" = "b"."id") WHERE "b"."x" = %s',
            "SELECT … FROM a INNER JOIN b WHERE b.x = %s",
        ),
        (
            'SELECT "a"."id" FROM "a" LEFT OUTER JOIN "b" T4 ON ("a"."b_id" = T4."id" AND (T4."x" = %s))',
            "SELECT … FROM a LEFT OUTER JOIN b T4",
        ),
        (
            'SELECT "a"."id", (SELECT COUNT(*) FROM "b" U0 WHERE U0."a_id" = ("a"."id")) AS "n" FROM "a"',
            "SELECT … FROM a",
        ),
        (
            'SELECT "a"."id" FROM "a" WHERE EXISTS(SELECT 1 AS "a" FROM "b" U0 INNER JOIN "c" U1 '
            'ON (U0."c_id" = U1."id") WHERE U0."a_id" = ("a"."id") LIMIT 1)',
            "SELECT … FROM a WHERE EXISTS(SELECT 1 AS a FROM b U0 INNER JOIN c U1 "
            "WHERE U0.a_id = (a.id))",
        ),
        (
            'SELECT COUNT(*) FROM (SELECT DISTINCT "a"."id" AS "col1" FROM "a") subquery',
            "SELECT … FROM (SELECT DISTINCT id AS col1 FROM a) subquery",
        ),
        (
            'INSERT INTO "a" ("x", "y") VALUES (%s, %s), (%s, %s) RETURNING "a"."id"',
            "INSERT INTO a (x, y) VALUES (…) RETURNING id",
        ),
        ('INSERT INTO "a" ("x") VALUES (%s)', "INSERT INTO a (x) VALUES (…)"),
        ('UPDATE "a" SET "x" = %s, "y" = %s', "UPDATE a SET x = %s, y = %s"),
        ('DELETE FROM "a" WHERE "a"."id" IN (%s, %s)', "DELETE FROM a WHERE id IN (…)"),
        (f"PRAGMA {'x' * 153}", f"PRAGMA {'x' * 153}"),
        (f"PRAGMA {'x' * 200}", f"PRAGMA {'x' * 153}…"),
    ],
)  # fmt: skip
def test_shape_is_what_a_person_would_say(sql, expected):
    assert shape(sql) == expected


@pytest.mark.parametrize(("number", "words"), [(0, "0 queries"), (1, "1 query"), (2, "2 queries")])
def test_counted(number, words):
    assert counted(number) == words
