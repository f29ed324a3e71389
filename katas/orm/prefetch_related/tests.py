import pytest
from parameterized import parameterized

from core.bookshop.models import Book
from core.judge import budget, expect, growth

from . import exercise
from .shop import ANN, BEN, CAT, CENT, PRICE, YEAR, A, B, C, D, G, H, ShopCase, book

ORDER = "Authors by name, books by title, genres by name, whatever order the shop got them in."
TIES = "Equal names, and equal titles, come with the higher primary key first."
BARE = "An author without books stays in the list, and so does a book without genres."
# The shop; the list of it.
CATALOGUES = [
    (
        "order",
        [(BEN, [book(B, H, G), book(D), book(A, H)]), (ANN, [book(C, G)])],
        [(ANN, [(C, [G])]), (BEN, [(A, [H]), (B, [G, H]), (D, [])])],
        ORDER,
    ),
    (
        "equal",
        [(ANN, [book(A, G), book(A, H)]), (ANN, [book(B, G)])],
        [(ANN, [(B, [G])]), (ANN, [(A, [H]), (A, [G])])],
        TIES,
    ),
    ("bare", [(ANN, []), (BEN, [book(A)])], [(ANN, []), (BEN, [(A, [])])], BARE),
]


@pytest.mark.task(1)
class Catalogue(ShopCase):
    @parameterized.expand(CATALOGUES)
    def test_rows(self, _, shop, expected, because):
        self.fill(*shop)
        expect(f"catalogue() of {shop}", exercise.catalogue(), expected, because)

    def test_three_queries(self):
        # Authors, their books, and a row for each genre of a book.
        self.expect_cost(
            "catalogue()",
            exercise.catalogue,
            books=[book(A, G, H), book(B, G)],
            queries=3,
            rows=3 + 6 + 9,
            because="Each row is wanted once: an author, a book, a genre of a book.",
        )


OFFER = "On offer is what is in stock, a single copy or more, and costs no more than that."
STAYS = "An author without an offer stays in the list, with no titles."
SORTED = "Books by title, and of two authors with one name the higher primary key first."
DEAR, GONE = book(A, price=PRICE + CENT), book(B, stock=0)
OFFERS = [
    ("bounds", [(ANN, [DEAR, GONE, book(C), book(D, price=0)])], [(ANN, [C, D])], OFFER),
    (
        "none",
        [(BEN, [book(A)]), (ANN, [DEAR]), (CAT, [])],
        [(ANN, []), (BEN, [A]), (CAT, [])],
        STAYS,
    ),
    (
        "order",
        [(ANN, [book(B), book(C), book(A)]), (ANN, [])],
        [(ANN, []), (ANN, [A, B, C])],
        SORTED,
    ),
]


@pytest.mark.task(2)
class OnOffer(ShopCase):
    @parameterized.expand(OFFERS)
    def test_rows(self, _, shop, expected, because):
        self.fill(*shop)
        expect(f"on_offer({PRICE}) of {shop}", exercise.on_offer(PRICE), expected, because)

    def test_two_queries(self):
        self.expect_cost(
            f"on_offer({PRICE})",
            lambda: exercise.on_offer(PRICE),
            books=[book(C), *[DEAR, GONE] * 4],
            queries=2,
            rows=3 + 3,
            because="Three authors and an offer each: books that are not on offer are sent for nothing.",
        )


LATEST = "The latest year comes first, and of one year, or one name, the higher primary key."
EACH = "Each author has a latest book: the number is one for each, not for all together."
OLD, NEW = book(A, G, year=YEAR - 1), book(B, H, G, year=YEAR + 1)
LATESTS = [
    (
        "years",
        [(ANN, [OLD, NEW, book(C)]), (ANN, [])],
        [(ANN, []), (ANN, [(B, [G, H]), (C, [])])],
        LATEST,
    ),
    ("one_year", [(ANN, [book(A), book(C), book(B)])], [(ANN, [(B, []), (C, [])])], LATEST),
    (
        "each_author",
        [(BEN, [NEW, OLD]), (CAT, []), (ANN, [NEW, OLD, NEW])],
        [(ANN, [(B, [G, H]), (B, [G, H])]), (BEN, [(B, [G, H]), (A, [G])]), (CAT, [])],
        EACH,
    ),
]


@pytest.mark.task(3)
class Latest(ShopCase):
    @parameterized.expand(LATESTS)
    def test_rows(self, _, shop, expected, because):
        self.fill(*shop)
        expect(f"latest(2) of {shop}", exercise.latest(2), expected, because)

    def test_three_queries(self):
        self.expect_cost(
            "latest(2)",
            lambda: exercise.latest(2),
            books=[book(A, G), book(B, H), *[book(C, G, H)] * 7],
            queries=3,
            rows=3 + 6 + 12,
            because="Three authors with nine books each, of which two are wanted, with their genres.",
        )


KEPT = "The labels come in the order of the books that were given."
NAMES = "Genres are in the order of their names, and without any there are no brackets."
OWN = "The objects are at hand, and may hold what is not saved: do not fetch them anew."


@pytest.mark.task(4)
class Labels(ShopCase):
    def setUp(self):
        some = [book(A, H, G), book(B), book(C, G), book(D, H)]
        self.books = self.fill((ANN, some))
        self.expected = [f"{A} ({G}, {H})", B, f"{C} ({G})", f"{D} ({H})"]

    def ask(self, call, books, expected, because, queries=1):
        with budget(call, queries=queries):
            got = exercise.labels(books)
        expect(call, got, expected, because)

    def test_labels(self):
        self.ask("labels([A, B, C, D])", self.books, self.expected, NAMES)

    def test_order(self):
        books = [self.books[place] for place in (2, 0, 3, 1)]
        self.ask("labels([C, A, D, B])", books, [self.expected[n] for n in (2, 0, 3, 1)], KEPT)

    def test_objects_as_they_are(self):
        self.books[1].title = "Untitled"
        self.ask("labels([B]), its title not saved", self.books[1:2], ["Untitled"], OWN, queries=2)

    def test_genres_at_hand(self):
        books = list(Book.objects.order_by("pk").prefetch_related("genres"))
        call = "labels(books), their genres prefetched"
        self.ask(call, books, self.expected, NAMES, queries=0)

    def test_some_at_hand(self):
        books = list(Book.objects.order_by("pk").prefetch_related("genres")[:2]) + self.books[2:]
        call = "labels(books), the genres of half of them prefetched"
        self.ask(call, books, self.expected, NAMES)

    def test_more_books_cost_the_same(self):
        def make(size):
            self.books = self.fill((BEN, [book(A, G, H)] * size))

        growth("labels(books)", make=make, do=lambda: exercise.labels(self.books))
