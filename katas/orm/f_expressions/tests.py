from decimal import Decimal
from functools import partial

import pytest
from django.db.models import F
from django.test import TestCase, TransactionTestCase
from parameterized import parameterized

from core.bookshop.models import Book
from core.judge import budget, expect, growth

from . import exercise
from .shop import KEY, OTHER, PRICE, SOME, STOCK, UNKNOWN, meet, open_shop, row, told


class Shop:
    def setUp(self):
        self.press, self.author = open_shop()


HALF = "Half a cent is rounded up, not to the even one."
LOWER = "A sale lowers prices by the same rule."
PRICES = [
    ("whole_percent", "20.00", 5, "21.00", "A price and five percent of it."),
    ("half_a_cent", "0.50", 5, "0.53", HALF),
    ("half_a_cent_again", "2.50", 5, "2.63", HALF),
    ("below_half", "3.33", 3, "3.43", "The nearest cent: 3.4299."),
    ("sale", "20.00", -30, "14.00", LOWER),
    ("nothing", "19.99", 0, "19.99", "Nothing on top is the same price."),
]
PRICE_LOST = (
    "What others wrote after you had read is lost: let the database compute, from the row as it is."
)
ITS_OWN = "Only the books of this publisher, and all of them."


@pytest.mark.task(1)
class RaisePrices(Shop, TestCase):
    def fill(self, size):
        same = {"author": self.author, "publisher_id": self.press, "year": 1815, "price": PRICE}
        books = [Book(title="", isbn=f"b{number}", **same) for number in range(size)]
        Book.objects.bulk_create(books)

    def test_all_books_of_the_publisher(self):
        self.fill(SOME)
        call = "raise_prices(press, 10)"
        with budget(call, queries=1):
            count = exercise.raise_prices(self.press, 10)
        prices = set(Book.objects.filter(publisher=self.press).values_list("price", flat=True))
        expected = {PRICE * 11 / 10}
        got = prices, row(OTHER, "price")
        expect("prices of press, and of a rival, after it", got, (expected, PRICE), ITS_OWN)
        expect(call, count, SOME + 1, "It says how many books there were.")

    def test_more_books_cost_no_more(self):
        do = partial(exercise.raise_prices, self.press, 1)
        growth("raise_prices(press, 1)", make=self.fill, do=do)

    @parameterized.expand(PRICES)
    def test_price(self, case, price, percent, expected, because):
        Book.objects.filter(pk=KEY).update(price=Decimal(price))
        call = f"raise_prices(press, {percent}) of a book at {price}"
        got = told(partial(exercise.raise_prices, self.press, percent)), row(KEY, "price")
        expect(f"{call}: books, price", got, (1, Decimal(expected)), because)


@pytest.mark.task(1)
class PricesMeet(Shop, TransactionTestCase):
    def test_beside_others(self):
        book = Book.objects.filter(pk=KEY)
        change = partial(book.update, price=PRICE * 2, stock=STOCK - SOME)
        meet(partial(exercise.raise_prices, self.press, 10), change)
        call = f"(price, stock) after raise_prices(press, 10), and others meanwhile {PRICE * 2}, -{SOME}"
        expected = PRICE * 2 * 11 / 10, STOCK - SOME
        expect(call, row(KEY, "price", "stock"), expected, PRICE_LOST)


LAST = "There are as many as are asked for: they can be sold."
FEW = "There are fewer than are asked for: none is sold, and the shop goes on."
SALES = [
    ("some", KEY, SOME, True, STOCK - SOME, "So many are there, and then so many fewer."),
    ("all", KEY, STOCK, True, 0, LAST),
    ("one_too_many", KEY, STOCK + 1, False, STOCK, FEW),
    ("unknown_book", UNKNOWN, 1, False, STOCK, "There is no such book to be sold, and no error."),
]
BOTH = "Both sold from the same number, and the later write undid the other."
ONCE = "There is enough for one of them alone: check in the statement that takes the books."


@pytest.mark.task(2)
class SalesMeet(Shop, TransactionTestCase):
    def expect_sales(self, quantity, expected, because):
        sale = partial(exercise.sell, KEY, quantity)
        got = sorted(map(str, meet(sale, sale)))
        call = f"sell({KEY}, {quantity}) beside sell({KEY}, {quantity}), the stock being {STOCK}"
        left = STOCK - quantity * expected.count("True")
        expect(f"{call}, and what is left", (got, row(KEY, "stock")), (expected, left), because)

    def test_enough_for_both(self):
        self.expect_sales(SOME, ["True", "True"], BOTH)

    def test_enough_for_one(self):
        self.expect_sales(STOCK // 2 + 1, ["False", "True"], ONCE)

    def test_one_statement(self):
        with budget(f"sell({KEY}, {SOME})", queries=1):
            exercise.sell(KEY, SOME)


@pytest.mark.task(2)
class Sell(Shop, TestCase):
    @parameterized.expand(SALES)
    def test_sell(self, case, book, quantity, sold, left, because):
        call = f"sell({book}, {quantity}), the stock of {KEY} being {STOCK}"
        got = told(partial(exercise.sell, book, quantity))
        expect(call, got, sold, because)
        expect(f"stock after {call}", row(KEY, "stock"), left, because)
        expect(f"stock of {OTHER} after {call}", row(OTHER, "stock"), STOCK, "It is not sold.")


SINCE = "The book was read a while ago: add to what the table holds now."
SHOWN = "The caller goes on with the book: its stock is the number that the table holds."
TWICE = "A delivery is added once, whatever is done with the book afterwards."
UNSAVED = "What the caller has changed and not saved is neither written nor undone."
OLD = "Only the stock is written: the other columns may have changed since the book was read."


@pytest.mark.task(3)
class Receive(Shop, TestCase):
    def setUp(self):
        super().setUp()
        self.book = Book.objects.get(pk=KEY)
        self.call = f"receive(book, {SOME})"

    def receive(self):
        with budget(self.call, queries=2):
            exercise.receive(self.book, SOME)

    def test_stock_has_changed_since(self):
        Book.objects.update(stock=F("stock") - 3)
        self.receive()
        call = f"stock after {self.call}, when 3 were sold since it was read with {STOCK}"
        expect(call, row(KEY, "stock"), STOCK - 3 + SOME, SINCE)
        expect(f"book.stock, {call}", self.book.stock, STOCK - 3 + SOME, SHOWN)
        expect(f"stock of {OTHER}, after it", row(OTHER, "stock"), STOCK - 3, "Another book.")

    def test_two_deliveries(self):
        self.receive()
        self.receive()
        call = f"stock in the table and of the book, after {self.call} twice"
        got = row(KEY, "stock"), self.book.stock
        expect(call, got, (STOCK + 2 * SOME,) * 2, TWICE)

    def test_saved_afterwards(self):
        self.receive()
        self.book.save()
        call = f"stock after {self.call} and book.save()"
        expect(call, row(KEY, "stock"), STOCK + SOME, TWICE)

    def test_unsaved_changes(self):
        self.book.title = "Emma, revised"
        self.receive()
        call = f"titles in the table and of the book, which was changed and not saved, {self.call}"
        expect(call, (row(KEY, "title"), self.book.title), ("Emma", "Emma, revised"), UNSAVED)

    def test_price_has_changed_since(self):
        Book.objects.update(price=PRICE + 1)
        self.receive()
        call = f"price after {self.call}, when it became {PRICE + 1} since the book was read"
        expect(call, row(KEY, "price"), PRICE + 1, OLD)
