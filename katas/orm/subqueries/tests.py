from datetime import timedelta

import pytest
from django.db import connection
from django.test import TestCase
from parameterized import parameterized

from core.bookshop.models import Genre, Order
from core.judge import budget, expect, growth, rng
from core.judge.effort import effort
from core.judge.rows import rows_at_most

from . import exercise
from .shop import NOW, Shop

random = rng("shop")
A, B, C = sorted(random.sample(["Ada", "Bo", "Ida", "Kim", "Max", "Uma", "Zoe"], 3))
T, U, V = sorted(random.sample(["Emma", "Evelina", "Ivanhoe", "Kim", "Lilith", "Villette"], 3))
G, H, L = sorted(random.sample(["Crime", "Gothic", "Satire", "Travel", "Verse"], 3))
OLD, MID, NEW = (NOW - timedelta(days=n) for n in sorted(random.sample(range(99), 3))[::-1])
LEAST, *OTHERS = sorted(Order.Status.values)
S, R = random.sample(OTHERS, 2)
FEW, MANY = sorted(random.sample(range(1, 9), 2))
LOW, HIGH = sorted(random.sample(range(1, 6), 2))


class ListCase(Shop):
    """A list of the exercise, asked for in a shop that each case fills."""

    name, arguments = "", ()
    titles, names = (U, T, V), (B, C, A)

    def ask(self):
        return getattr(exercise, self.name)(*self.arguments)

    @property
    def call(self):
        return f"{self.name}({', '.join(map(repr, self.arguments))})"

    def expect_rows(self, given, expected, because):
        expect(f"{self.call}, given {given}", self.ask(), expected, because)

    def fill(self, size):
        self.busy(size, self.books[T])

    def test_what_it_costs(self):
        self.fill(5)
        shown = len(self.ask())
        because = "What the list does not show, the database need not hand over: let it choose."
        with rows_at_most(self.call, shown, because=because), budget(self.call, queries=1):
            self.ask()
        if connection.vendor == "sqlite":  # what grows on one database grows on the other
            self.expect_no_growth()

    def expect_no_growth(self):
        """Where a list says more of what may not grow."""


ONE_ROW = "Status and moment are those of one order: the latest of this customer."
NONE, TIE = (None, None), "Of one moment, the order with the higher key is the later."
NEVER = "Who has never ordered stays, with None twice."
NAMES = "In the order of the name, equal names with the higher key first."
LATEST = [
    ("several", {A: [(OLD, S), (NEW, LEAST), (MID, R)]}, {A: (LEAST, NEW)}, ONE_ROW),
    ("each_their_own", {C: [(MID, S)], B: [(NEW, R)], A: [(OLD, S)]}, None, ONE_ROW),
    ("same_moment", {A: [(OLD, S), (NEW, R), (NEW, S)]}, {A: (S, NEW)}, TIE),
    ("never", {B: [(NEW, S)]}, {B: (S, NEW)}, NEVER),
]


@pytest.mark.task(1)
class LatestOrders(ListCase, TestCase):
    name = "latest_orders"

    @parameterized.expand(LATEST)
    def test_latest(self, _, given, latest, because):
        for name, orders in given.items():
            for at, status in orders:
                self.sell(self.people[name], status=status, placed_at=at)
        latest = latest or {name: orders[0][::-1] for name, orders in given.items()}
        expected = [(name, *latest.get(name, NONE)) for name in (A, B, C)]
        self.expect_rows(f"(placed_at, status) {given}", expected, because)

    def test_equal_names(self):
        self.sell(self.customer(A), status=S)
        expected = [(A, S, NOW), (A, *NONE), (B, *NONE), (C, *NONE)]
        self.expect_rows(f"two of the name {A}, the second of them with an order", expected, NAMES)

    def expect_no_growth(self):
        growth(self.call, make=self.fill, do=self.ask)


OTHER = "Only a review of this book by this customer ends the wait."
SHIPPED = "What is not shipped has not arrived: nobody can review it yet."
WAITING = [
    ("nobody_has", [], [T, U], OTHER),
    ("both_reviewed", [(A, T), (A, U)], [], OTHER),
    ("one_reviewed", [(A, U)], [T], OTHER),
    ("others_have", [(B, T), (C, U)], [T, U], OTHER),
    ("another_book", [(A, V)], [T, U], OTHER),
    ("crosswise", [(A, U), (B, T), (A, V)], [T], OTHER),
]


@pytest.mark.task(2)
class Unreviewed(ListCase, TestCase):
    name = "unreviewed"

    @parameterized.expand(WAITING)
    def test_waiting(self, _, reviews, titles, because):
        self.sell(self.people[A], self.books[U], self.books[T])
        for name, title in reviews:
            self.review(self.books[title], LOW, by=self.people[name])
        given = f"{A} bought {U}, then {T}; reviews by {reviews}"
        self.expect_rows(given, [(A, title) for title in titles], because)

    def test_shipped_alone(self):
        for status in Order.Status.values:
            self.sell(self.people[A], self.books[T], status=status)
        self.expect_rows(f"an order of {T} in each status", [(A, T)], SHIPPED)

    def expect_no_growth(self):
        ann, book = self.people[A], self.books[T]
        self.sell(ann, book)
        with effort() as spent:
            growth(
                f"{self.call}, one line and a growing number of reviews by its customer",
                make=lambda size: self.review(book, *[LOW] * size, by=ann),
                do=self.ask,
                count=lambda: spent.steps,
                unit="steps of the database",
                because="One review settles it: the database can stop there, and not read the rest.",
            )


TOP = "A genre with no book and no genre below is empty, also beside genres that have no parent."
BELOW = "A genre with genres below is not empty; one that only has a parent is."
FILLED = "A genre with a book of its own is not empty."
EMPTY = [
    ("all_at_the_top", {H: None, G: None}, [], [G, H], TOP),
    ("a_parent", {H: None, G: H, L: H}, [], [G, L], BELOW),
    ("a_chain", {L: None, H: L, G: H}, [], [G], BELOW),
    ("a_book", {H: None, G: None, L: H}, [L], [G], FILLED),
    ("books_everywhere", {H: None, G: None, L: None}, [G, H, L], [], FILLED),
]


@pytest.mark.task(3)
class EmptyGenres(ListCase, TestCase):
    name = "empty_genres"

    @parameterized.expand(EMPTY)
    def test_empty(self, _, parents, filled, expected, because):
        made = {None: None}
        for name, parent in parents.items():
            made[name] = Genre.objects.create(name=name, parent=made[parent])
        for name in filled:
            self.books[T].genres.add(made[name])
        given = f"genres with their parents {parents}, and books in {filled}"
        self.expect_rows(given, expected, because)


ALONE = "Lines and reviews of a book multiply each other in one join: ask each for itself."
SUM = "All lines of the book add up, equal ones too."
ZERO = "Where nothing is sold, 0 is sold; where nobody has reviewed, there is no average."
MOST = "The most copies first, and the cut comes after that."
TIES = "Equal numbers are in the order of the title, equal titles with the higher key first."
MEAN, FAIR = (LOW + HIGH) / 2, (2 * LOW + HIGH) / 3
# Title: quantities of its lines, stars of its reviews.
SOLD = [
    ("both", {T: ([FEW, MANY], [LOW, HIGH])}, [(T, FEW + MANY, MEAN), (U, 0, None)], ALONE),
    ("equal_lines", {T: ([FEW] * 3, [])}, [(T, 3 * FEW, None), (U, 0, None)], SUM),
    ("stars", {T: ([FEW], [LOW, LOW, HIGH])}, [(T, FEW, FAIR), (U, 0, None)], ALONE),
    ("nothing_sold", {T: ([], [LOW])}, [(T, 0, LOW), (U, 0, None)], ZERO),
    ("most_first", {V: ([MANY], []), U: ([FEW], [])}, [(V, MANY, None), (U, FEW, None)], MOST),
    ("ties", {V: ([FEW], []), U: ([FEW], [])}, [(U, FEW, None), (V, FEW, None)], TIES),
]


@pytest.mark.task(4)
class TopSellers(ListCase, TestCase):
    name, arguments = "top_sellers", (2,)

    @parameterized.expand(SOLD)
    def test_top(self, _, given, expected, because):
        for title, (quantities, stars) in given.items():
            for quantity in quantities:
                self.sell(self.people[A], self.books[title], quantity=quantity)
            self.review(self.books[title], *stars, by=self.people[A])
        self.expect_rows(f"(quantities, stars) {given}", expected, because)

    def test_equal_titles(self):
        self.review(self.book(T), LOW, by=self.people[A])
        self.expect_rows(
            f"two books called {T}, the second reviewed", [(T, 0, LOW), (T, 0, None)], TIES
        )
