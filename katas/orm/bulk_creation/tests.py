from collections import Counter

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import TestCase, TransactionTestCase
from parameterized import parameterized

from core.bookshop.models import Book, Copy
from core.judge import budget, expect, expect_raises, growth
from core.judge.counting import OverCount

from . import exercise
from .shop import LAST_PRICE, MOST, NEW_PRICE, NUMBERS, PRICE, SOME, STOCK, Shop, row

A, B, C, *_ = NUMBERS
KEPT = "A book that the shop has stays as it is, and its copies are added to it."
ADDED = "A new book is added as the supplier names it, with no stock."
MILLION = "The shop has a million books: read those of the delivery."
COPIES = "Of each book as many copies as its row says, known or new: they need its key."


def known(number, price=PRICE, stock=STOCK):
    return f"978{number}", f"Known {number}", price, stock


def new(number, price=NEW_PRICE):
    return f"978{number}", f"Volume {number}", price, 0


DELIVERIES = [
    ("new", [], {A: SOME, B: 1}),
    ("known", [A, B], {A: 1, B: SOME}),
    ("mixed", [B], {C: 2, B: SOME, A: 1}),
    ("no_copies", [B], {A: 0, B: 0}),
]


@pytest.mark.task(1)
class AddBooks(Shop, TestCase):
    @parameterized.expand(DELIVERIES)
    def test_delivery(self, case, there, delivered):
        self.has(*there)
        rows = [row(number, NEW_PRICE, copies) for number, copies in delivered.items()]
        call = f"add_books(rows) of {delivered}, in a shop that has {there}"
        exercise.add_books(rows, self.author, self.press)
        added = [new(number) for number in delivered if number not in there]
        expected = sorted([*map(known, there), *added])
        expect(f"books after {call}", self.books(), expected, KEPT if there else ADDED)
        got = Counter(Copy.objects.values_list("book__isbn", "shelf"))
        expected = Counter({(f"978{n}", "New"): many for n, many in delivered.items() if many})
        expect(f"copies after {call}", got, expected, COPIES)

    def test_queries(self):
        self.fill(SOME)
        call = f"add_books(rows) of {2 * SOME} books"
        with budget(call, queries=3) as ledger:
            exercise.add_books(self.rows, self.author, self.press)
        selects = [sent.sql for sent in ledger if sent.sql.startswith("SELECT")]
        whole = [sql for sql in selects if " WHERE " not in sql]
        expect(f"statements of {call} that read every book of the shop", whole, [], MILLION)

    def test_more_books_cost_no_more(self):
        growth("add_books(rows)", make=self.fill, do=self.add)

    def add(self):
        exercise.add_books(self.rows, self.author, self.press)


NOTHING = "All or nothing: without its copies, no book of the delivery stays."


def refuse_copies(execute, sql, params, many, context):
    """As Django calls it around each statement: the server is gone when copies are inserted."""
    if 'INSERT INTO "bookshop_copy"' in sql:
        raise OperationalError("the server closed the connection")
    return execute(sql, params, many, context)


@pytest.mark.task(1)
class AllOrNothing(Shop, TransactionTestCase):
    def test_copies_are_refused(self):
        rows = [row(A, copies=1), row(B, copies=1)]
        call = "add_books(rows), when the connection breaks before the copies are there"
        because = "What the database says is for the caller to hear."
        broken = connection.execute_wrapper(refuse_copies)
        with broken, expect_raises(call, OperationalError, because=because):
            exercise.add_books(rows, self.author, self.press)
        expect(f"books after {call}", self.books(), [], NOTHING)


OTHERS = "The price list knows prices: title and stock of a known book are the shop's."
LATER = "An ISBN that is there twice is one book, and its later row counts."
LISTS = [
    ("known", [A], [(A, NEW_PRICE)], [known(A, NEW_PRICE)], OTHERS),
    ("new", [A], [(B, NEW_PRICE)], [known(A), new(B)], ADDED),
    ("mixed", [A], [(B, NEW_PRICE), (A, NEW_PRICE)], [known(A, NEW_PRICE), new(B)], OTHERS),
    ("known_twice", [A], [(A, NEW_PRICE), (A, LAST_PRICE)], [known(A, LAST_PRICE)], LATER),
    ("new_twice", [], [(A, NEW_PRICE), (A, LAST_PRICE)], [new(A, LAST_PRICE)], LATER),
]


@pytest.mark.task(2)
class UpdatePrices(Shop, TestCase):
    @parameterized.expand(LISTS)
    def test_list(self, case, there, prices, expected, because):
        self.has(*there)
        call = f"books after update_prices() of {prices}, in a shop that has {there}"
        rows = [row(*each) for each in prices]
        exercise.update_prices(rows, self.author, self.press)
        expect(call, self.books(), sorted(expected), because)

    def test_queries(self):
        self.fill(SOME)
        with budget(f"update_prices(rows) of {2 * SOME} books", queries=1):
            exercise.update_prices(self.rows, self.author, self.press)

    def test_more_rows_cost_no_more(self):
        growth("update_prices(rows)", make=self.fill, do=self.update)

    def update(self):
        exercise.update_prices(self.rows, self.author, self.press)


COUNTED = "The stock is what was counted, and all else is as it was."
UNKNOWN = "What the shop does not have is told, in the order of the list."
SHORT = "A statement as long as the list is one day too long: take the list in portions."
REFUSED = "A count that the table refuses undoes the ones before it: all or nothing."


@pytest.mark.task(3)
class TakeStock(Shop, TestCase):
    def test_counts(self):
        self.has(A, B)
        counts = {f"978{C}": 1, f"978{B}": SOME, "9780": 2}
        call = f"take_stock({counts}, {MOST}), in a shop that has {[A, B]}"
        got = exercise.take_stock(counts, MOST)
        expected = sorted([known(A), known(B, stock=SOME)])
        expect(f"books after {call}", self.books(), expected, COUNTED)
        expect(call, got, [f"978{C}", "9780"], UNKNOWN)
        expect(f"take_stock({{}}, {MOST})", exercise.take_stock({}, MOST), [], UNKNOWN)

    def test_long_list(self):
        self.fill(MOST)
        counts = {each.isbn: n % 7 for n, each in enumerate(self.rows)}
        call = f"take_stock(counts, {MOST}) of {len(counts)} books"
        with budget(call, queries=12) as ledger:
            unknown = exercise.take_stock(counts, MOST)
        got = dict(Book.objects.values_list("isbn", "stock"))
        expected = {isbn: counts[isbn] for isbn in got}
        expect(f"stock after {call}", got, expected, COUNTED)
        expect(call, unknown, [isbn for isbn in counts if isbn not in got], UNKNOWN)
        longest = max(sent.sql.count("%s") for sent in ledger)
        if longest > MOST:
            call = f"the longest statement of {call}"
            raise OverCount(call, f"{longest} values", f"no more than {MOST}", SHORT)


@pytest.mark.task(3)
class StockRefused(Shop, TransactionTestCase):
    def test_refused(self):
        self.fill(MOST)
        counts = dict.fromkeys([each.isbn for each in self.rows[:MOST]], 1)
        counts[self.rows[MOST - 1].isbn] = -1
        call = f"take_stock(counts, {MOST}), where the last count is -1"
        with expect_raises(call, IntegrityError, because="The table refuses it."):
            exercise.take_stock(counts, MOST)
        expect(
            f"books with a stock after {call}", Book.objects.exclude(stock=0).count(), 0, REFUSED
        )
