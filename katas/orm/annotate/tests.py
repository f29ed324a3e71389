import pytest
from django.test import TestCase
from parameterized import parameterized

from core.bookshop.models import Author, Book, Customer, Genre, Order, OrderLine, Publisher, Review
from core.judge import budget, expect, growth, rng

from . import exercise

random = rng("shop")
A, B, C = sorted(random.sample(["Austen", "Dumas", "Eliot", "Gaskell", "Scott", "Verne"], 3))
G, H = random.sample(["Crime", "Gothic", "Satire", "Travel"], 2)
N = random.randint(2, 3)
LOW, HIGH = sorted(random.sample(range(1, 6), 2))
FEW, MANY = sorted(random.sample(range(1, 20), 2))


def book(*stars, **more):
    """A book to be: `stars` of its reviews, `sold` in each of its order lines, its `genres`."""
    return ({"stars": stars} if stars else {}) | more


class ListCase:
    """A list of the exercise, of a shop that a case fills with authors: pairs of name and books."""

    name, arguments, queries = "", (), 1

    @classmethod
    def setUpTestData(cls):
        cls.publisher = Publisher.objects.create(name="Press", city="London")
        cls.kim = Customer.objects.create(name="Kim", email="kim@example.com")
        top = Genre.objects.create(name=G)
        cls.genres = {G: top, H: Genre.objects.create(name=H, parent=top)}

    def fill(self, shop):
        authors, books, links, reviews, orders, lines = made = [[] for _ in range(6)]
        same = {"publisher": self.publisher, "year": 1850, "price": 9}
        for name, some in shop:
            authors.append(author := Author(name=name))
            for each in some:
                books.append(one := Book(author=author, isbn=str(len(books)), **same))
                for genre in each.get("genres", ()):
                    links.append(Book.genres.through(book=one, genre=self.genres[genre]))
                for stars in each.get("stars", ()):
                    reviews.append(Review(book=one, customer=self.kim, stars=stars))
                for sold in each.get("sold", ()):
                    orders.append(order := Order(customer=self.kim))
                    lines.append(OrderLine(order=order, book=one, quantity=sold, unit_price=9))
        for rows in filter(None, made):
            type(rows[0]).objects.bulk_create(rows)

    def fill_with(self, size):
        books = [book(LOW, sold=[FEW]), *[book(genres=[G])] * N]
        self.fill([(f"{A} {n}", books) for n in range(size)])

    def ask(self):
        return getattr(exercise, self.name)(*self.arguments)

    @property
    def call(self):
        return f"{self.name}({', '.join(map(repr, self.arguments))})"

    def expect_rows(self, shop, expected, because):
        self.fill(shop)
        expect(f"{self.call} of {shop}", self.ask(), expected, because)

    def test_queries(self):
        self.fill_with(9)
        with budget(self.call, queries=self.queries):
            self.ask()

    def test_more_authors_cost_no_more(self):
        growth(self.call, make=self.fill_with, do=self.ask)


ONE, DULL, GOOD, SOLD = [book()], [book(LOW)], [book(HIGH)], [book(sold=[FEW])]
MOST = "Those with the most books come first."
EQUAL = "Equal numbers are in the order of the name."
EMPTY = "An author without books stays in the list, with 0."
TWICE = "Two authors of one name are two rows."
COUNTS = [
    ("most_first", [(A, ONE * N), (B, ONE * (N + 1))], [(B, N + 1), (A, N)], MOST),
    ("equal_numbers", [(C, ONE), (A, ONE), (B, ONE)], [(A, 1), (B, 1), (C, 1)], EQUAL),
    ("no_books", [(A, []), (B, ONE)], [(B, 1), (A, 0)], EMPTY),
    ("one_name_twice", [(A, ONE), (A, ONE * N)], [(A, N), (A, 1)], TWICE),
]


@pytest.mark.task(1)
class BookCounts(ListCase, TestCase):
    name = "book_counts"

    @parameterized.expand(COUNTS)
    def test_rows(self, _, shop, expected, because):
        self.expect_rows(shop, expected, because)


BAD, FINE, MEAN = float(LOW), float(HIGH), (2 * LOW + HIGH) / 3
LOWEST = "The lowest average comes first."
ONCE = "The join has a row a review, so a book is in it once for each of its reviews."
EACH = "Each review weighs the same, whatever its stars, whichever its book."
NONE = "An author without reviews stays in the list, with no average: 0 would be a bad one."
LAST = "No average is no low average: say where NULL stands, for databases differ in it."
TIES = "Equal averages are in the order of the name, equal names with the higher key first."
RATINGS = [
    ("books_once", [(A, [book(LOW, LOW), book(LOW)])], [(A, 2, 3, BAD)], ONCE),
    ("equal_stars", [(A, DULL * 2 + GOOD)], [(A, 3, 3, MEAN)], EACH),
    ("one_review_and_two", [(A, [book(LOW, LOW), book(HIGH)])], [(A, 2, 3, MEAN)], EACH),
    ("no_reviews", [(A, ONE), (B, [])], [(A, 1, 0, None), (B, 0, 0, None)], NONE),
    ("lowest_first", [(A, GOOD), (B, DULL)], [(B, 1, 1, BAD), (A, 1, 1, FINE)], LOWEST),
    ("none_last", [(A, ONE), (B, DULL)], [(B, 1, 1, BAD), (A, 1, 0, None)], LAST),
    (
        "equal_averages",
        [(A, DULL), (C, DULL), (B, DULL)],
        [(x, 1, 1, BAD) for x in (A, B, C)],
        TIES,
    ),
    ("equal_names", [(A, DULL), (A, DULL + ONE)], [(A, 2, 1, BAD), (A, 1, 1, BAD)], TIES),
]


@pytest.mark.task(2)
class Ratings(ListCase, TestCase):
    name = "ratings"

    @parameterized.expand(RATINGS)
    def test_rows(self, _, shop, expected, because):
        self.expect_rows(shop, expected, because)


OF_G, OF_H, OF_BOTH = ([book(genres=some)] for some in ([G], [H], [G, H]))
WHICH = (
    "Only books of the genre count: a filter() that comes after annotate() is too late for that."
)
LIMIT = "`at_least` books are enough, fewer are not."
OF_GENRE = [
    ("that_genre_alone", [(A, OF_G * N + OF_BOTH + OF_H + ONE)], [(A, N + 1)], WHICH),
    ("no_other_books", [(A, OF_G + OF_H * N), (B, OF_G * N)], [(B, N)], WHICH),
    ("at_least", [(A, OF_G * N), (B, OF_G * (N - 1))], [(A, N)], LIMIT),
    ("most_first", [(A, OF_G * N), (B, OF_G * (N + 1))], [(B, N + 1), (A, N)], MOST),
    ("equal_numbers", [(B, OF_G * N), (A, OF_G * N)], [(A, N), (B, N)], EQUAL),
]


@pytest.mark.task(3)
class OfGenre(ListCase, TestCase):
    name, arguments = "of_genre", (G, N)

    @parameterized.expand(OF_GENRE)
    def test_rows(self, _, shop, expected, because):
        self.expect_rows(shop, expected, because)


BOTH, ALL = (LOW + HIGH) / 2, FEW + MANY
LINES = "Joined, each order line is there once for each review of its book."
MARKS = "Joined, each review is there once for each order line of its book."
SALE = "Two lines of one quantity are two sales: distinct drops one of them."
ZERO = "Where nothing is sold, 0 is sold; where nobody has reviewed, there is no average."
NAMES = "The list is in the order of the name, equal names with the higher key first."
UNEVEN = [book(LOW, sold=[FEW, MANY]), book(HIGH, sold=[ALL])]
SALES = [
    ("sum", [(A, [book(LOW, HIGH, sold=[FEW, MANY])])], [(A, ALL, BOTH)], LINES),
    ("average", [(A, UNEVEN)], [(A, 2 * ALL, BOTH)], MARKS),
    ("equal_lines", [(A, [book(LOW, sold=[FEW, FEW])])], [(A, 2 * FEW, BAD)], SALE),
    ("nothing_sold", [(A, DULL), (B, [])], [(A, 0, BAD), (B, 0, None)], ZERO),
    ("no_reviews", [(A, SOLD), (B, UNEVEN)], [(A, FEW, None), (B, 2 * ALL, BOTH)], ZERO),
    ("names", [(A, []), (B, []), (A, SOLD)], [(A, FEW, None), (A, 0, None), (B, 0, None)], NAMES),
]


@pytest.mark.task(4)
class Sales(ListCase, TestCase):
    name, queries = "sales", 2

    @parameterized.expand(SALES)
    def test_rows(self, _, shop, expected, because):
        self.expect_rows(shop, expected, because)
