import pytest
from django.test import TestCase
from parameterized import parameterized

from core.judge import budget, expect, growth
from core.judge.effort import effort

from . import exercise
from .fetching import fetching, one_query, rows_at_most
from .shop import SOME, A, B, C, Catalogue, X, Y, Z

YES = "A yes or a no is one value: all that is fetched beside it is thrown away."
NUMBER = "A number is one value: books that are fetched to be counted are thrown away."
FIRST = "One book is enough for a yes: the database can stop at the first that it finds."
STOCK = [
    ("many", SOME, 0),
    ("some_are_sold_out", SOME, 2),
    ("all_are_sold_out", 0, 2),
    ("no_books", 0, 0),
]


@pytest.mark.task(1)
class OneValue(Catalogue, TestCase):
    def fill(self, left=1, gone=0):
        self.put(left)
        self.put(gone, stock=0)
        self.put(2, publisher="Rival")

    @parameterized.expand(STOCK)
    def test_has_stock(self, case, left, gone):
        self.fill(left, gone)
        call = f"has_stock(press), which has {left} books in stock, {gone} sold out"
        with one_query(call, values=1, because=YES):
            got = exercise.has_stock(self.press)
        expect(call, got, left > 0, "Its own books count, and of them those in stock.")

    @parameterized.expand(STOCK)
    def test_titles_in_stock(self, case, left, gone):
        self.fill(left, gone)
        call = f"titles_in_stock(press), which has {left} books in stock, {gone} sold out"
        with one_query(call, values=1, because=NUMBER):
            got = exercise.titles_in_stock(self.press)
        expect(call, got, left, "Its own books count, and of them those in stock.")

    def test_more_books_are_no_more_effort(self):
        with effort() as spent:
            growth(
                "has_stock(press)",
                make=lambda size: self.put(size + 1),
                do=lambda: exercise.has_stock(self.press),
                count=lambda: spent.steps,
                unit="steps of the database",
                because=FIRST,
            )


ORDER = "Genres from Z to A, and within one of them the cities from A to Z."
ONCE = "Two books of one genre from one city are one pair."
NONE = "A genre that has nothing in stock is left out."
PAIRS = [
    ("genres", [("Press", A), ("Press", C), ("Press", B)], [(C, X), (B, X), (A, X)], ORDER),
    ("cities", [("Sons", A), ("Press", A), ("House", A)], [(A, X), (A, Y), (A, Z)], ORDER),
    ("two_of_a_city", [("Press", A), ("Rival", A)], [(A, X)], ONCE),
    ("mixed", [("Sons", A), ("House", B), ("Press", B)], [(B, X), (B, Y), (A, Z)], ORDER),
    ("nothing", [], [], NONE),
]


@pytest.mark.task(2)
class Cities(Catalogue, TestCase):
    @parameterized.expand(PAIRS)
    def test_pairs(self, case, books, expected, because):
        for publisher, genre in books:
            self.put(SOME, publisher=publisher, genres=[genre])
        self.put(publisher="Sons", stock=0, genres=[C])
        shown = f"cities() of {SOME} books each of {books}"
        expect(shown, exercise.cities(), expected, because)

    def test_each_pair_is_fetched_once(self):
        for publisher in ("House", "Press", "Rival"):
            self.put(SOME, publisher=publisher, genres=[A, B])
        call = f"cities() of {3 * SOME} books, four pairs of two values"
        because = "What Python leaves out again was fetched for nothing: ask for each pair once."
        with one_query(call, values=8, because=because):
            got = exercise.cities()
        expect(call, got, [(B, X), (B, Y), (A, X), (A, Y)], ONCE)


SHOWN = "A receipt shows titles and prices: other columns are fetched for nothing."
TWICE = "What is scanned twice is on the receipt twice, in the order of the scanning."
UNKNOWN = "An ISBN that is unknown has its place on the receipt: None."


@pytest.mark.task(3)
class Receipt(Catalogue, TestCase):
    def setUp(self):
        super().setUp()
        self.books = self.put(SOME)

    def expect_receipt(self, books, because, values):
        isbns = [book.isbn if book else "0" for book in books]
        call = f"receipt({isbns})"
        with one_query(call, values=values, because=SHOWN):
            got = exercise.receipt(isbns)
        expect(call, got, [(book.title, book.price) if book else None for book in books], because)

    def test_scanned(self):
        self.expect_receipt(self.books[::-1][1:], TWICE, 4 * (SOME - 1))

    def test_scanned_twice(self):
        first, second, *_ = self.books
        self.expect_receipt([second, first, second], TWICE, 8)

    def test_unknown(self):
        self.expect_receipt([None, self.books[0], None], UNKNOWN, 4)
        self.expect_receipt([], "Nothing scanned is nothing on the receipt.", 0)

    def test_more_books_cost_no_more(self):
        growth(
            "receipt(isbns)",
            make=lambda size: setattr(self, "isbns", [book.isbn for book in self.put(size)]),
            do=lambda: exercise.receipt(self.isbns),
        )


LINES = "A line a book, in the order of the ISBN."
AHEAD = "Fetched and not yet written: these rows are in memory, and of a million it is a million."


@pytest.mark.task(4)
class Export(Catalogue, TestCase):
    @parameterized.expand([("none", 0), ("one", 1), ("some", SOME), ("more", 4 * SOME)])
    def test_lines(self, case, count):
        lines = [f"{book.isbn};{book.title};{book.price}" for book in self.put(count)]
        written = []
        call = f"export(write, {SOME}) of {count} books"
        with budget(call, queries=1):
            got = exercise.export(written.append, SOME)
        expect(f"what {call} writes", written, lines[::-1], LINES)
        expect(call, got, count, "It says how many lines there were.")

    @parameterized.expand([("by_one", 1), ("by_some", SOME)])
    def test_rows_ahead(self, case, at_once):
        self.put(5 * SOME)
        ahead, written = [], []

        def write(line):
            ahead.append(found.rows - len(written))
            written.append(line)

        with fetching() as found:
            exercise.export(write, at_once)
        call = f"export(write, {at_once}) of {5 * SOME} books, fetched and not yet written"
        rows_at_most(call, max(ahead, default=0), at_once, because=AHEAD)
