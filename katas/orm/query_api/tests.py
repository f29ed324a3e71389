from datetime import timedelta

import pytest
from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from parameterized import parameterized

from core.bookshop.models import Book, Review
from core.judge import budget, expect, growth
from core.judge.rows import rows_at_most

from . import exercise
from .shop import (
    CHEAP,
    DAY,
    DEAR,
    HERE,
    ISBN,
    OTHER,
    STARS,
    THERE,
    YEAR,
    A,
    B,
    C,
    G,
    H,
    P,
    Q,
    ShopCase,
)

FIRST = "The cheapest come first, whatever the order in which the shop got them."
TIE = "Equal prices are in the order of the title: a cut through them depends on it."
SALE = "Only what is in stock, a single copy or more, and only by authors of that country."
SHOP = [(A, CHEAP, 0, HERE), (B, DEAR, 1, HERE), (C, CHEAP, 1, THERE)]
CHEAPEST = [
    ("in_order", 3, [(A, DEAR, 1, HERE), (B, CHEAP, 1, HERE)], [(B, CHEAP), (A, DEAR)], FIRST),
    ("equal", 2, [(x, CHEAP, 1, HERE) for x in (C, A, B)], [(A, CHEAP), (B, CHEAP)], TIE),
    ("for_sale", 3, SHOP, [(B, DEAR)], SALE),
]


@pytest.mark.task(1)
class Cheapest(ShopCase):
    @parameterized.expand(CHEAPEST)
    def test_rows(self, _, limit, shop, expected, because):
        for title, price, stock, country in shop:
            self.add(title, price=price, stock=stock, country=country)
        call = f"cheapest({HERE!r}, {limit}) of {shop}"
        expect(call, exercise.cheapest(HERE, limit), expected, because)

    def test_one_query_and_no_row_too_many(self):
        self.fill(12)
        call = f"cheapest({HERE!r}, 3) of 12 books"
        because = "What is left out in Python has been sent for nothing: filter and slice first."
        with rows_at_most(call, 3, because=because), budget(call, queries=1):
            exercise.cheapest(HERE, 3)

    def test_a_larger_shop_asks_no_more(self):
        growth(
            f"cheapest({HERE!r}, 3)",
            make=self.fill,
            do=lambda: exercise.cheapest(HERE, 3),
        )


SEVERAL = "Several books may have one title: the latest year, then the higher primary key."
NOBODY = "What a customer types may not be there: the answer is None, not an error."
ANYHOW = "A title may be typed in capitals; half of a title is none."
BY_ISBN = "The ISBN comes first, and whatever else looks like one is a title."
# The books, as (title, isbn, year); what is typed; the place of the book that is meant.
LOOKUPS = [
    ("isbn", [(ISBN, "1", YEAR + 1), (B, ISBN, YEAR)], ISBN, 1, BY_ISBN),
    ("title_of_digits", [(A, "1", YEAR), ("1984", "2", YEAR)], "1984", 1, BY_ISBN),
    ("title", [(A, "1", YEAR), (B, "2", YEAR)], B.upper(), 1, ANYHOW),
    ("half_a_title", [(f"{A} and {B}", "1", YEAR)], A, None, ANYHOW),
    ("latest_year", [(A, "1", YEAR), (A, "2", YEAR + 1), (A, "3", YEAR)], A, 1, SEVERAL),
    ("same_year", [(A, "1", YEAR), (A.lower(), "2", YEAR)], A, 1, SEVERAL),
    ("no_such_title", [(A, "1", YEAR)], B, None, NOBODY),
    ("no_such_isbn", [(A, "1", YEAR)], ISBN, None, NOBODY),
]


@pytest.mark.task(2)
class Lookup(ShopCase):
    @parameterized.expand(LOOKUPS)
    def test_book(self, _, shop, text, place, because):
        made = [self.add(title, isbn=isbn, year=year) for title, isbn, year in shop]
        call = f"lookup({text!r}) of {shop}"
        with budget(call, queries=2):
            got = self.ask(text)
        expect(call, got, None if place is None else made[place].isbn, because)

    def test_a_row_a_query(self):
        for n in range(9):
            self.add(A, year=YEAR + n)
        call = f"lookup({A!r}), a title of nine books"
        with rows_at_most(call, 2, because="One book is wanted; the database can pick it."):
            self.ask(A)

    def ask(self, text):
        """The ISBN, or what was raised in place of an answer."""
        try:
            book = exercise.lookup(text)
        except (MultipleObjectsReturned, ObjectDoesNotExist) as error:
            return f"{type(error).__name__}: {error}"
        return book and book.isbn


LATE, EARLY = DAY, DAY - timedelta(microseconds=1)
SAME = "Both must be true of one review: a good one of long ago and a bad one of today do not do."
ANY = "One such review is enough, whatever the others say."
BOUND = f"{STARS} stars are at least {STARS}; the moment `since` itself is not too early."
# The reviews of each book, as (stars, moment); the places of those that are praised.
PRAISED = [
    ("two_halves", [[(STARS, EARLY), (STARS - 1, LATE)]], [], SAME),
    ("one_of_three", [[(STARS - 1, LATE), (5, LATE), (STARS, EARLY)]], [0], ANY),
    ("bounds", [[(STARS, LATE)], [(5, EARLY)], [(STARS - 1, LATE)], []], [0], BOUND),
]
BOTH = "A book of the two genres is in both, whatever else it is."
ALONE = "A book of one of the two is not in both."
MEMBER = "A book of this genre belongs to it, whatever other genres it has."
LONELY = "A book of other genres, or of none, does not belong to this one."
# The function; the genres of each book; the places of those that are found.
GENRES = [
    ("both", "in_both", [[G, H], [OTHER, H, G]], [0, 1], BOTH),
    ("one_of_two", "in_both", [[G], [H, OTHER], []], [], ALONE),
    ("members", "without", [[G], [H, G]], [], MEMBER),
    ("others", "without", [[H, OTHER], []], [0, 1], LONELY),
]


@pytest.mark.task(3)
class ManyRows(ShopCase):
    @parameterized.expand(PRAISED)
    def test_praised(self, _, shop, places, because):
        books = [self.add(A) for _ in shop]
        for book, reviews in zip(books, shop, strict=True):
            for stars, at in reviews:
                Review.objects.create(book=book, customer=self.kim, stars=stars, written_at=at)
        said = {
            book.isbn: [(stars, str(at)) for stars, at in reviews]
            for book, reviews in zip(books, shop, strict=True)
        }
        call = f"praised({STARS}, {DAY}) of {said}"
        expect(call, exercise.praised(STARS, DAY), {books[n].isbn for n in places}, because)

    @parameterized.expand(GENRES)
    def test_genres(self, _, name, shop, places, because):
        books = [self.add(A) for _ in shop]
        for book, genres in zip(books, shop, strict=True):
            book.genres.set(self.genres[each] for each in genres)
        arguments = [G, H] if name == "in_both" else [G]
        said = {book.isbn: genres for book, genres in zip(books, shop, strict=True)}
        call = f"{name}({', '.join(map(repr, arguments))}) of {said}"
        got = getattr(exercise, name)(*arguments)
        expect(call, got, {books[n].isbn for n in places}, because)

    @parameterized.expand([("praised", (STARS, DAY)), ("in_both", (G, H)), ("without", (G,))])
    def test_one_query_each(self, name, arguments):
        for n in range(4):
            book = self.add(f"{A} {n}")
            book.genres.set(self.genres.values())
            Review.objects.create(book=book, customer=self.kim, stars=5, written_at=DAY)
        call = f"{name}({', '.join(map(str, arguments))}) of 4 books"
        with budget(call, queries=1):
            getattr(exercise, name)(*arguments)


UNTIL = "The year `until` is included, and a single copy is stock."
MEANT = "Neither a later year is meant nor another publisher."
CHANGED = "The stock of a book that had none has not changed."
# The books, as (publisher, year, stock); the stock of each afterwards.
RECALLS = [
    ("until", [(P, YEAR, 1), (P, YEAR - 1, 3)], [0, 0], UNTIL),
    ("not_meant", [(P, YEAR + 1, 3), (P, YEAR, 2), (Q, YEAR, 4)], [3, 0, 4], MEANT),
    ("sold_out", [(P, YEAR, 0), (P, YEAR, 2)], [0, 0], CHANGED),
]


@pytest.mark.task(4)
class Recall(ShopCase):
    @parameterized.expand(RECALLS)
    def test_stock(self, _, shop, left, because):
        for publisher, year, stock in shop:
            self.add(A, publisher=publisher, year=year, stock=stock)
        call = f"recall({P!r}, {YEAR}) of {shop}"
        changed = sum(stock != after for (_, _, stock), after in zip(shop, left, strict=True))
        expect(call, exercise.recall(P, YEAR), changed, because)
        got = list(Book.objects.order_by("pk").values_list("stock", flat=True))
        expect(f"stock after {call}", got, left, because)

    def test_one_statement_for_all(self):
        self.fill(5)
        call = f"recall({P!r}, {YEAR}) of 5 books"
        with budget(call, queries=1):
            got = exercise.recall(P, YEAR)
        expect(call, got, 5, "It says of how many books the stock changed.")
