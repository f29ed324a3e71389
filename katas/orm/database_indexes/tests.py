from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import TestCase
from parameterized import parameterized

from core.judge import budget, expect, growth, rng
from core.judge.effort import effort
from core.judge.indexes import entries_at_most, index_entries
from core.judge.plan import expect_plan, plans

from . import reports
from .filling import fill
from .models import Sale

random = rng("sales")
DAY = date(2024, 12, random.randrange(1, 31))
MIDNIGHT = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
HOURS = [MIDNIGHT + timedelta(hours=hour) for hour in random.sample(range(1, 24), 3)]
BRANCH, OTHER = random.sample(range(1, 8), 2)
OLD = 500


def sell(*moments, branch=BRANCH, on_invoice=False, paid=True):
    """One sale at each of these moments."""
    for at in moments:
        paid_at = at if paid else None
        more = {"title": "Emma", "cents": 900, "sold_at": at, "paid_at": paid_at}
        Sale.objects.create(branch=branch, on_invoice=on_invoice, **more)


class ReportCase(TestCase):
    """`OLD` sales of the months before, in all branches, all of them paid."""

    @classmethod
    def setUpTestData(cls):
        fill(OLD)

    def expect_moments(self, call, report, moments, because):
        # Rows that have no ORDER BY come from both ends, so that no order is right by chance.
        for reverse in ("OFF", "ON"):
            connection.cursor().execute(f"PRAGMA reverse_unordered_selects = {reverse}")
            with budget(call, queries=1):
                got = [str(sale.sold_at) for sale in report()]
            expect(f"sold_at of the rows of {call}", got, list(map(str, moments)), because)

    def expect_plan(self, call, report, because):
        with plans() as found:
            list(report())
        for each in found:
            expect_plan(call, each, scans=False, sorts=False, because=because)

    def expect_same_effort(self, call, report):
        """The table grows, the report does not."""
        with effort() as spent:
            growth(
                f"{call}, the same rows in a longer table",
                make=lambda size: fill(50 * size),
                do=lambda: list(report()),
                count=lambda: spent.steps,
                unit="steps of the database",
                because="The report shows the same rows: what else is read is read for nothing.",
            )


ASKED = "No order comes by itself, whatever index is read: ask for it."


def of_day():
    return reports.of_day(DAY)


LAST = MIDNIGHT + timedelta(days=1, microseconds=-1)
NEXT = MIDNIGHT + timedelta(days=1)
BOUNDS = [
    ("first_moment", MIDNIGHT, [MIDNIGHT], "Midnight is the first moment of a day."),
    ("last_moment", LAST, [LAST], "A day lasts until midnight, to the microsecond."),
    ("next_midnight", NEXT, [], "Midnight belongs to the day that it begins."),
]


@pytest.mark.task(1)
class SalesOfOneDay(ReportCase):
    @parameterized.expand(BOUNDS)
    def test_bounds(self, case, moment, expected, because):
        sell(moment)
        self.expect_moments(f"of_day({DAY}), with a sale at {moment}", of_day, expected, because)

    def test_rows(self):
        sell(*HOURS)
        self.expect_moments(f"of_day({DAY})", of_day, sorted(HOURS), f"The earliest first. {ASKED}")

    def test_plan(self):
        because = "An index is in the order of its column, not of what a function makes of it."
        self.expect_plan(f"of_day({DAY})", of_day, because)

    def test_other_days_cost_nothing(self):
        sell(*HOURS)
        self.expect_same_effort(f"of_day({DAY})", of_day)


def latest():
    return reports.latest(BRANCH, 2)


@pytest.mark.task(2)
class LatestOfOneBranch(ReportCase):
    def setUp(self):
        sell(*HOURS)
        sell(NEXT, branch=OTHER)

    def test_rows(self):
        because = f"The latest of this branch alone, the latest first. {ASKED}"
        expected = sorted(HOURS, reverse=True)[:2]
        self.expect_moments(f"latest({BRANCH}, 2)", latest, expected, because)

    def test_plan(self):
        because = "In one index, first the column that must be equal, after it the one that orders."
        self.expect_plan(f"latest({BRANCH}, 2)", latest, because)

    def test_older_sales_cost_nothing(self):
        self.expect_same_effort(f"latest({BRANCH}, 2)", latest)


@pytest.mark.task(3)
class Unpaid(ReportCase):
    def setUp(self):
        sell(*HOURS[:2], paid=False, on_invoice=True)
        sell(HOURS[2], paid=False)

    def test_rows(self):
        because = f"Whatever is not paid, on invoice or not, the oldest first. {ASKED}"
        self.expect_moments("unpaid()", reports.unpaid, sorted(HOURS), because)

    def test_plan(self):
        because = "The query must say what the index's condition says, the index have its order."
        self.expect_plan("unpaid()", reports.unpaid, because)

    def test_paid_sales_cost_nothing(self):
        self.expect_same_effort("unpaid()", reports.unpaid)

    def test_index_of_the_unpaid_alone(self):
        with plans() as found:
            list(reports.unpaid())
        entries = index_entries("sale")
        got = {name: entries[name] for each in found for name in each.indexes}
        call = f"entries of the index that unpaid() uses, {OLD} sales paid and {len(HOURS)} not"
        because = "Nearly all sales are paid: with a condition, the index leaves them out."
        expect(call, sum(got.values()), len(HOURS), because)


@pytest.mark.task(4)
class NoIndexForNothing(ReportCase):
    def test_entries(self):
        sell(*HOURS, paid=False)
        sales, few = OLD + len(HOURS), len(HOURS)
        call = f"entries of all indexes, {sales} sales, {few} of them unpaid"
        because = "Each new sale has to write into each index: keep those that a report uses."
        entries_at_most(call, "sale", 2 * sales + few, because=because)
