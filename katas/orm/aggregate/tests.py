from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import TestCase
from parameterized import parameterized

from core.bookshop.models import Author, Book, Customer, Genre, Order, OrderLine, Publisher
from core.judge import budget, expect, growth, rng
from core.judge.rows import rows_at_most

from . import exercise

random = rng("sales")
START = datetime(2024, random.randrange(1, 13), 1, tzinfo=UTC)
END = START + timedelta(days=random.randrange(20, 30))
NOON = START + timedelta(hours=12)
LOW, HIGH = (Decimal(cents) / 100 for cents in sorted(random.sample(range(500, 3000), 2)))
FEW, MANY = sorted(random.sample(range(2, 9), 2))
G, H = random.sample(["Crime", "Gothic", "Satire", "Travel"], 2)
PERIOD = f"{START.date()}, {END.date()}"
SUM = "The database adds up and sends one row; rows that are only added up are sent for nothing."


def cents(number):
    return round(number, 2)


class ReportCase(TestCase):
    """An empty shop, in which `sell` places orders and `stock` puts books on a shelf."""

    @classmethod
    def setUpTestData(cls):
        cls.kim = Customer.objects.create(name="Kim", email="kim@example.com")
        cls.of = {
            "author": Author.objects.create(name="Austen", country="England"),
            "publisher": Publisher.objects.create(name="Press", city="London"),
            "year": 1813,
        }
        cls.books = [
            Book.objects.create(title="Kim", isbn=f"sold {n}", price=1, **cls.of) for n in range(2)
        ]
        cls.genres = {name: Genre.objects.create(name=name) for name in (G, H)}

    def stock(self, *shelf):
        """Put books on the shelves of their genres: (price, stock, genre)."""
        first = Book.objects.count()
        books = Book.objects.bulk_create(
            Book(title="Emma", isbn=str(first + n), price=price, stock=stock, **self.of)
            for n, (price, stock, _) in enumerate(shelf)
        )
        Book.genres.through.objects.bulk_create(
            Book.genres.through(book=book, genre=self.genres[genre])
            for book, (_, _, genre) in zip(books, shelf, strict=True)
        )

    def sell(self, *orders, at=NOON, status=Order.Status.PAID):
        """Place orders: a list of lines each, as (quantity, price)."""
        made = Order.objects.bulk_create(
            Order(customer=self.kim, status=status, placed_at=at) for _ in orders
        )
        OrderLine.objects.bulk_create(
            OrderLine(order=order, book=self.books[n], quantity=quantity, unit_price=price)
            for order, lines in zip(made, orders, strict=True)
            for n, (quantity, price) in enumerate(lines)
        )

    def expect_one_row(self, call, ask, make):
        make(9)
        with rows_at_most(call, 1, because=SUM), budget(call, queries=1):
            ask()
        growth(call, make=make, do=ask)


OWN = "Each line has a price and a quantity of its own, and an order of two lines is one order."
EQUAL = "Equal lines of two orders are two sales."
BARE = "An order without lines is counted, and brings in nothing."
# The lines of each order; orders, copies and money.
TAKINGS = [
    ("two_lines", [[(FEW, LOW), (MANY, HIGH)]], (1, FEW + MANY, FEW * LOW + MANY * HIGH), OWN),
    ("equal_lines", [[(FEW, LOW)], [(FEW, LOW)]], (2, 2 * FEW, 2 * FEW * LOW), EQUAL),
    ("no_lines", [[], [(1, HIGH)]], (2, 1, HIGH), BARE),
]


@pytest.mark.task(1)
class TakingsOfAPeriod(ReportCase):
    def ask(self):
        return exercise.takings(START, END)

    @parameterized.expand(TAKINGS)
    def test_numbers(self, _, orders, expected, because):
        self.sell(*orders)
        expected = exercise.Takings(*expected)
        expect(f"takings({PERIOD}) of {orders}", self.ask(), expected, because)

    def test_nothing_sold(self):
        self.sell([(FEW, LOW)], at=END)
        self.sell([(MANY, HIGH)], status=Order.Status.CANCELLED)
        because = "Nothing sold is 0, in numbers as anywhere: a report cannot add up None."
        call = f"takings({PERIOD}), nothing sold"
        got = self.ask()
        expect(call, got, exercise.Takings(0, 0, Decimal(0)), because)
        kind = type(got.money).__name__
        expect(f"type of the money in {call}", kind, "Decimal", "Money is a Decimal, 0 as well.")

    def test_one_row(self):
        call = f"takings({PERIOD})"
        orders = [(FEW, LOW), (MANY, HIGH)]
        self.expect_one_row(call, self.ask, lambda size: self.sell(*[orders] * size))


WEIGHT = "The average of the copies: a title of which there are many weighs more than a rare one."
GENRE = "Only this genre's books are on its shelf."
NONE = "Without a book, 0 titles and 0 copies, but no price: a cheapest of 0 would be a gift."
GONE = "Titles that are sold out have prices, but there is no copy to have an average."
MIXED = cents((3 * HIGH + 4 * LOW) / 7)
# Price, stock and genre of each book; titles, copies, cheapest, dearest, average of a copy.
SHELVES = [
    ("copies", [(HIGH, 3, G), (LOW, 4, G)], (2, 7, LOW, HIGH, MIXED), WEIGHT),
    ("equal", [(LOW, 2, G), (LOW, 2, G)], (2, 4, LOW, LOW, LOW), "Equal books are two books."),
    ("another", [(LOW, 2, H), (HIGH, 1, G)], (1, 1, HIGH, HIGH, HIGH), GENRE),
    ("empty", [(LOW, 2, H)], (0, 0, None, None, None), NONE),
    ("sold_out", [(HIGH, 0, G), (LOW, 0, G)], (2, 0, LOW, HIGH, None), GONE),
]


@pytest.mark.task(2)
class NumbersOfAShelf(ReportCase):
    @parameterized.expand(SHELVES)
    def test_numbers(self, _, books, expected, because):
        self.stock(*books)
        expected = exercise.Shelf(*expected)
        expect(f"shelf({G!r}) of {books}", exercise.shelf(G), expected, because)

    def test_one_row(self):
        def make(size):
            self.stock(*((LOW, n % 3, G) for n in range(size)))

        self.expect_one_row(f"shelf({G!r})", lambda: exercise.shelf(G), make)


SMALL, LARGE = [(1, LOW)], [(FEW, LOW), (MANY, LOW)]
THREE = LOW + (FEW + MANY) * LOW
AVERAGE = "The average of the orders, not of their lines: first a sum for each order."
NO_ORDER = "Without an order there is no average: 0 would be that of orders without lines."
# The lines of each order; what they brought in on average.
AVERAGES = [
    ("of_orders", [SMALL, LARGE, SMALL], cents((THREE + LOW) / 3), AVERAGE),
    ("no_lines", [[], LARGE, SMALL], cents(THREE / 3), "An order without lines counts, with 0."),
    ("only_without_lines", [[]], 0, "An order without lines counts, with 0."),
    ("no_order", [], None, NO_ORDER),
]
TOGETHER = "The largest orders are those with the largest sum, whatever their lines cost."
LARGEST = [
    ("two_of_four", [[], SMALL, LARGE, [(1, LOW + 1)]], (FEW + MANY + 1) * LOW + 1, TOGETHER),
    ("no_order", [], 0, "Without an order nothing came in: 0."),
]


@pytest.mark.task(3)
class GroupsThenOneNumber(ReportCase):
    @parameterized.expand(AVERAGES)
    def test_average(self, _, orders, expected, because):
        self.sell(*orders)
        got = exercise.average_order(START, END)
        expect(f"average_order({PERIOD}) of {orders}", got, expected, because)

    @parameterized.expand(LARGEST)
    def test_largest(self, _, orders, expected, because):
        self.sell(*orders)
        call = f"largest_orders(2, {PERIOD}) of {orders}"
        expect(call, exercise.largest_orders(2, START, END), expected, because)

    @parameterized.expand([("average_order", ()), ("largest_orders", (5,))])
    def test_one_row(self, name, first):
        call = f"{name}({', '.join([*map(str, first), PERIOD])})"

        def ask():
            return getattr(exercise, name)(*first, START, END)

        self.expect_one_row(call, ask, lambda size: self.sell(*[LARGE] * size))
