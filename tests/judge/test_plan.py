"""Plans: asked of a queryset, of SQL and of what a block sends; never counted; judged in words."""

import pytest

from core.bookshop.models import Book
from core.judge.instrument import case_ends
from core.judge.plan import OtherPlan, Plan, Step, expect_plan, plan, plans
from core.judge.queries import recorded

SCHEMA = """
CREATE TABLE sale (id integer PRIMARY KEY, day text, shop int, amount int, note text);
CREATE INDEX sale_day ON sale (day);
CREATE INDEX sale_shop_day ON sale (shop, day);
CREATE TABLE item (id integer PRIMARY KEY, sale_id int, name text)
"""


@pytest.fixture
def database(connections, monkeypatch):
    """The connections that a plan is asked on, with the tables of SCHEMA."""
    monkeypatch.setattr("django.db.connections", connections)
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        for statement in SCHEMA.split(";"):
            cursor.execute(statement)
    return connections["default"]


def test_parts_of_a_plan(database):
    assert plan("SELECT * FROM sale WHERE day = '1' ORDER BY note") == Plan(
        vendor="sqlite",
        lines=("SEARCH sale USING INDEX sale_day (day=?)", "USE TEMP B-TREE FOR ORDER BY"),
        steps=(Step("sale", "search", "sale_day"),),
        sorted_for=("ORDER BY",),
    )
    found = plan("SELECT i.id FROM sale s LEFT JOIN item i ON i.sale_id = s.amount ORDER BY s.day")
    assert (found.indexes, found.walked, found.scanned, found.sorts) == (
        (),
        ("sale_day",),
        ("sale", "item"),
        False,
    )


@pytest.mark.usefixtures("on_sqlite")
def test_queryset_is_planned_with_its_own_parameters():
    found = plan(Book.objects.filter(author=3, title__contains="100%").order_by("title"))
    assert (
        found.sentence()
        == "It searches bookshop_book by the index bookshop_book_author_id_90f787b0, then sorts them."
    )
    assert plan(Book.objects.filter(pk=1)[:5]).indexes == ("primary key",)
    assert plan(Book.objects.values("year").distinct()).sorted_for == ("DISTINCT",)
    assert plan(Book.objects.none()) == Plan("sqlite", (), ())


def test_sql_with_and_without_params(database, connections):
    assert plan("SELECT * FROM sale WHERE day = %s", ["1"]).indexes == ("sale_day",)
    assert plan("SELECT * FROM sale WHERE note LIKE '%x'").scanned == ("sale",)
    with connections["other"].cursor() as cursor:
        cursor.execute("CREATE TABLE there (id int)")
    assert plan("SELECT * FROM there", using="other").scanned == ("there",)


def test_plan_is_not_counted_and_runs_nothing(database):
    with recorded() as ledger:
        plan("DELETE FROM sale")
        plan("SELECT * FROM sale")
    assert ledger == []


def test_error_vendor_without_plans(monkeypatch):
    class Connection:
        vendor = "oracle"

    monkeypatch.setattr("django.db.connections", {"default": Connection()})
    with pytest.raises(ValueError, match="no plans of oracle, only of sqlite and postgresql"):
        plan("SELECT 1")


def test_plans_of_what_a_block_sends(database):
    with plans() as found, database.cursor() as cursor:
        cursor.execute("SELECT * FROM sale WHERE day = %s", ["1"])
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO item (name) VALUES (%s)", ["a"])
        cursor.execute("UPDATE item SET name = 'b'")
        cursor.execute("COMMIT")
    assert [each.sentence() for each in found] == [
        "It searches sale by the index sale_day and sorts nothing.",
        "It reads every row of item and sorts nothing.",
    ]


def test_exception_of_the_block_passes_through_plans(database):
    error = KeyError("lost")
    with pytest.raises(KeyError) as caught, plans():
        raise error
    assert caught.value is error
    assert len(database.execute_wrappers) == 1


BY_DAY = "SELECT * FROM sale WHERE day = '1'"
LATEST = "SELECT * FROM sale ORDER BY day DESC LIMIT 10"
WHOLE = "SELECT * FROM sale WHERE date(day) = '1' ORDER BY note"
JOINED = "SELECT * FROM item i JOIN sale AS s ON i.sale_id = s.id"


@pytest.mark.parametrize(
    ("sql", "asked"),
    [
        (BY_DAY, {"uses": "sale_day", "scans": False, "sorts": False}),
        (LATEST, {"walks": "sale_day", "sorts": False}),
        (JOINED, {"uses": "primary key", "scans": ["item"]}),
    ],
)
def test_plan_as_asked_is_given_back(database, sql, asked):
    assert expect_plan("sales()", sql, **asked) == plan(sql)


@pytest.mark.parametrize(
    ("sql", "asked", "got", "expected"),
    [
        (
            WHOLE,
            {"uses": "sale_day"},
            "It reads every row of sale, then sorts them.",
            "It searches by the index sale_day.",
        ),
        (
            "SELECT shop FROM sale WHERE date(day) = '1'",
            {"uses": "sale_shop_day"},
            "It reads the index sale_shop_day in place of sale and sorts nothing.",
            "It searches by the index sale_shop_day.",
        ),
        (
            BY_DAY,
            {"walks": "sale_day"},
            "It searches sale by the index sale_day and sorts nothing.",
            "It reads the index sale_day in order.",
        ),
        (
            WHOLE,
            {"uses": "sale_day", "scans": False, "sorts": False},
            "It reads every row of sale, then sorts them.",
            "It searches by the index sale_day and reads no table whole and sorts nothing.",
        ),
        (
            JOINED,
            {"scans": ["sale"]},
            "It reads every row of item, searches sale by its primary key and sorts nothing.",
            "It reads no table but sale whole.",
        ),
    ],
)
def test_other_plan_is_said(database, sql, asked, got, expected):
    with pytest.raises(OtherPlan) as caught:
        expect_plan("sales()", sql, **asked, because="A function hides the column.")
    error = caught.value
    reason = "\n".join(["A function hides the column.", *plan(sql).lines])
    assert (error.call, error.got, error.expected, str(error)) == ("sales()", got, expected, reason)


def test_plan_may_be_given_and_is_measured(database):
    with pytest.raises(OtherPlan):
        expect_plan("sales()", plan(WHOLE), scans=False, sorts=False)
    assert [(each["name"], each["value"], each["limit"]) for each in case_ends()] == [
        ("tables read whole", 1, 0),
        ("sorts", 1, 0),
    ]


def test_error_nothing_asked_of_the_plan(database):
    with pytest.raises(TypeError, match=r"expect_plan\(\) needs uses=, walks=, scans= or sorts="):
        expect_plan("sales()", BY_DAY)
