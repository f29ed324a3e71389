from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import TestCase
from parameterized import parameterized

from core.judge import budget, expect, growth, rng
from core.judge.effort import effort
from core.judge.rows import rows_at_most

from . import exercise
from .ledger import Ledger

random = rng("sales")
T, U, V = sorted(random.sample(["Emma", "Evelina", "Ivanhoe", "Kim", "Lilith", "Villette"], 3))
P, Q = sorted(random.sample(["Anchor", "Bell", "Fern", "Heron", "Oak", "Quill"], 2))
YEAR, MONTH = random.randrange(2000, 2020), random.randrange(2, 10)
# Two months that follow each other, and one of the same name in the next year.
X, Y, Z = date(YEAR, MONTH, 1), date(YEAR, MONTH + 1, 1), date(YEAR + 1, MONTH, 1)
# Few copies, some, many.
F, S, M = sorted(random.sample(range(1, 20), 3))
MIDDAY = datetime(YEAR, MONTH, random.randrange(2, 20), 12, tzinfo=UTC)
OLD, MID, NEW = (MIDDAY + timedelta(days=n) for n in sorted(random.sample(range(99), 3)))


class ReportCase(Ledger):
    """A report of the exercise, asked for on sales that each case makes."""

    name, arguments = "", ()
    titles = (U, V, T)

    def ask(self):
        return getattr(exercise, self.name)(*self.arguments)

    @property
    def call(self):
        return f"{self.name}({', '.join(map(repr, self.arguments))})"

    def expect_rows(self, given, expected, because):
        expect(f"{self.call}, given {given}", self.ask(), expected, because)

    def fill(self, size):
        """So many lines of each of three books: of one book single copies, of the others more."""
        books = enumerate((self.books[title] for title in (T, U, V)), 1)
        days = [OLD + timedelta(days=n) for n in range(size)]
        self.sell([(book, day, copies) for copies, book in books for day in days])

    def test_what_it_costs(self):
        self.fill(50)
        shown = len(self.ask())
        because = (
            "Fetch the rows that are shown: their rank, sum or neighbour is known to the database."
        )
        with rows_at_most(self.call, shown, because=because), budget(self.call, queries=1):
            self.ask()
        growth(self.call, make=self.fill, do=self.ask)


SHARE = "Equal numbers share a rank, and the next counts all before it: 1, 1, 3. Equal ranks go by title."
ORDER = "The most copies have rank 1; equal ranks are in the order of the title."
ANEW = "Each month has ranks of its own, and the same month of another year is another month."
SUM = "A book has one row a month: its lines in that month add up."
KEYS = "Two books of one title are two books."
# (title, month, quantity) of each line; (month, rank, title, copies) of each row.
RANKS = [
    ("most_first", [(T, X, F), (U, X, M)], [(X, 1, U, M), (X, 2, T, F)], ORDER),
    ("two_first", [(V, X, F), (U, X, M), (T, X, M)], [(X, 1, T, M), (X, 1, U, M)], SHARE),
    (
        "two_last",
        [(V, X, F), (U, X, F), (T, X, M)],
        [(X, 1, T, M), (X, 2, U, F), (X, 2, V, F)],
        SHARE,
    ),
    ("lines_add_up", [(U, X, M), (T, X, M), (T, X, F)], [(X, 1, T, M + F), (X, 2, U, M)], SUM),
    (
        "each_month",
        [(T, Z, F), (T, Y, F), (U, Y, S), (T, X, M)],
        [(X, 1, T, M), (Y, 1, U, S), (Y, 2, T, F), (Z, 1, T, F)],
        ANEW,
    ),
    ("up_to_top", [(T, X, F), (U, X, S), (V, X, M)], [(X, 1, V, M), (X, 2, U, S)], ORDER),
]


@pytest.mark.task(1)
class BestSellers(ReportCase, TestCase):
    name, arguments = "best_sellers", (2,)

    @parameterized.expand(RANKS)
    def test_ranks(self, _, lines, expected, because):
        self.sell([(self.books[title], noon(month), copies) for title, month, copies in lines])
        given = [(title, f"{month:%B %Y}", copies) for title, month, copies in lines]
        self.expect_rows(f"(title, month, quantity) {given}", expected, because)

    def test_equal_titles(self):
        first, second = self.books[T], self.book(T)
        at = noon(X)
        self.sell([(first, at, F), (second, at, F), (second, noon(Y), S), (first, noon(Y), F)])
        expected = [(X, 1, T, F), (X, 1, T, F), (Y, 1, T, S), (Y, 2, T, F)]
        self.expect_rows(f"two books called {T}", expected, KEYS)


def noon(month):
    return datetime(month.year, month.month, 15, 12, tzinfo=UTC)


BEFORE = "A total holds all lines up to its own, whatever the list shows of them."
PEERS = "Of one moment, the line with the higher key is the later: one total a line, not a moment."
TIME = "The moment decides, not the order in which the lines were written."
OTHERS = "Other books have totals of their own."
# (title, moment, quantity) of each line; (moment, quantity, total) of each row.
TOTALS = [
    ("adds_up", [(T, OLD, F), (T, MID, M)], [(MID, M, F + M), (OLD, F, F)], BEFORE),
    (
        "limit",
        [(T, OLD, F), (T, MID, S), (T, NEW, M)],
        [(NEW, M, F + S + M), (MID, S, F + S)],
        BEFORE,
    ),
    ("one_moment", [(T, OLD, M), (T, OLD, F)], [(OLD, F, M + F), (OLD, M, M)], PEERS),
    ("as_written", [(T, NEW, F), (T, OLD, M)], [(NEW, F, F + M), (OLD, M, M)], TIME),
    ("other_books", [(U, OLD, M), (T, MID, F), (V, NEW, S)], [(MID, F, F)], OTHERS),
    ("none", [(U, OLD, M)], [], OTHERS),
]


@pytest.mark.task(2)
class History(ReportCase, TestCase):
    name = "history"

    @property
    def arguments(self):
        return self.books[T].pk, 2

    @parameterized.expand(TOTALS)
    def test_totals(self, _, lines, expected, because):
        self.sell([(self.books[title], at, quantity) for title, at, quantity in lines])
        given = [(title, f"{at:%d %B}", quantity) for title, at, quantity in lines]
        self.expect_rows(f"(title, moment, quantity) {given}, book is {T}", expected, because)

    def test_what_it_costs_to_add_up(self):
        book = self.books[T].pk
        with effort() as spent:
            growth(
                f"history({book}, 1000), of a growing number of lines",
                make=self.fill,
                do=lambda: exercise.history(book, 1000),
                at_most="linear",
                count=lambda: spent.steps,
                unit="steps of the database",
                because="A total is the one before and this line: do not add up from the start each time.",
            )


FIRST = (
    "Before the first month of a publisher there is nothing: None, and not 0 or another's number."
)
GAP = "The month before is the last one with sales, however long ago."
PUBLISHER = "Lines of all books of a publisher in a month add up."
NAMES = "In the order of the name, then of the month; equal names with the higher key first."
# (publisher, month, quantity) of each line; a row has the copies of the month before.
MONTHS = [
    ("two_months", [(P, Y, F), (P, X, M)], [(P, X, M, None), (P, Y, F, M)], NAMES),
    (
        "two_publishers",
        [(Q, X, S), (P, Y, F), (Q, Y, M)],
        [(P, Y, F, None), (Q, X, S, None), (Q, Y, M, S)],
        FIRST,
    ),
    ("gap", [(P, X, S), (P, Z, F)], [(P, X, S, None), (P, Z, F, S)], GAP),
    (
        "books_add_up",
        [(P, X, F), (P, X, M), (P, Y, S)],
        [(P, X, F + M, None), (P, Y, S, F + M)],
        PUBLISHER,
    ),
]


@pytest.mark.task(3)
class MonthByMonth(ReportCase, TestCase):
    name = "month_by_month"

    @parameterized.expand(MONTHS)
    def test_months(self, _, lines, expected, because):
        made = {name: self.publisher(name) for name in (P, Q)}
        sales = [(self.book(T, made[name]), noon(month), copies) for name, month, copies in lines]
        self.sell(sales)
        given = [(name, f"{month:%B %Y}", copies) for name, month, copies in lines]
        self.expect_rows(f"(publisher, month, quantity) {given}", expected, because)

    def test_equal_names(self):
        first, second = (self.book(T, self.publisher(P)) for _ in range(2))
        self.sell([(first, noon(X), F), (second, noon(X), M), (first, noon(Y), S)])
        expected = [(P, X, M, None), (P, X, F, None), (P, Y, S, F)]
        self.expect_rows(f"two publishers called {P}", expected, NAMES)
