import pytest
from django.test import TestCase, TransactionTestCase
from parameterized import parameterized

from core.bookshop.generator import generate
from core.bookshop.models import Author, Book
from core.judge import budget, expect, growth

from .serializers import BookSerializer, catalogue
from .shop import (
    AUSTEN,
    BORN,
    NEW,
    SCOTT,
    STOCK,
    TAKEN,
    TYPO,
    YEAR,
    Shop,
    ShopWithTwins,
    changes_of,
    stored,
)

CRASH = "The table refuses such a price: what the serializer lets pass is then an error 500."
RIVAL = "Another book has this ISBN."
OWN = "A book is no rival of itself: it may keep its ISBN."
UNBORN = "The book is older than its author: say so at its year."
CHECKED = [
    ("price_below_zero", "POST", {"price": "-0.01"}, ["price"], CRASH),
    ("price_of_zero", "POST", {"price": "0.00"}, [], "0 is a price."),
    ("isbn_with_a_typo", "POST", {"isbn": TYPO}, ["isbn"], "is_valid(isbn) says no."),
    ("isbn_of_another_book", "POST", {"isbn": TAKEN}, ["isbn"], RIVAL),
    ("isbn_of_its_own", "PUT", {"title": "Emma!"}, [], OWN),
    ("year_before_the_birth", "POST", {"year": BORN - 1}, ["year"], UNBORN),
    ("year_of_the_birth", "POST", {"year": BORN}, [], "It is not before the birth."),
    ("birth_unknown", "POST", {"author": AUSTEN | {"born": None}}, [], "No birth, no rule."),
]


@pytest.mark.task(1)
class ComesIn(Shop, TestCase):
    @parameterized.expand(CHECKED)
    def test_errors(self, _, way, changes, errors, because):
        self.send(way, changes, errors, because)

    @parameterized.expand([("post", "POST", 0), ("put", "PUT", STOCK)])
    def test_stock(self, _, way, expected):
        sent = {"stock": STOCK + 500}
        got = stored(self.send(way, sent).save())["stock"]
        because = "Only the warehouse counts copies: a field that is sent is not a field to write."
        expect(f"stock after {way} with {sent}", got, expected, because)

    def test_goes_out(self):
        shown = BookSerializer(self.emma).data
        shown |= {"genres": sorted(shown.get("genres", []), key=str)}
        expected = {"id": self.emma.pk, **stored(self.emma)}
        got = {name: shown[name] for name in (*expected, *shown) if name in shown}
        because = "A book goes out as it comes in, with id and stock. Money is text, never a float."
        expect("BookSerializer(emma).data", got, expected, because)


@pytest.mark.task(2)
class Catalogue(Shop, TestCase):
    def test_queries(self):
        generate(books=5)
        with budget("catalogue()", queries=2):
            catalogue()

    def test_more_books_cost_no_more(self):
        growth("catalogue()", make=lambda size: generate(books=size), do=catalogue)

    def test_books(self):
        Book.objects.update(title="Emma")
        generate(books=5)
        books = sorted(Book.objects.all(), key=lambda book: (book.title, -book.pk))
        expected = [BookSerializer(book).data for book in books]
        because = "Every book is there, by title, of equal titles the higher key first."
        expect("catalogue()", list(catalogue()), expected, because)


PLACE = "A mistake inside the author is told inside the author: a form shows it at its field."
NESTED = [
    ("name_empty", AUSTEN | {"name": ""}, ["author.name"]),
    ("birth_no_number", AUSTEN | {"born": "soon"}, ["author.born"]),
    ("birth_left_out", {"name": "Jane Austen", "country": "England"}, ["author.born"]),
    ("two_at_once", {"name": " ", "born": BORN}, ["author.country", "author.name"]),
    ("no_object", "Jane Austen", ["author.non_field_errors"]),
]
FOUND = "She is in the shop already, by name, birth and country: no new row."
ABSENT = "Nobody in the shop has all three: a new author."
KEY = "The three fields are all that is anybody's to send."
AUTHORS = [
    ("known", AUSTEN, 0, FOUND),
    ("with_a_key", AUSTEN | {"id": 10**6}, 0, KEY),
    ("new", SCOTT, 1, ABSENT),
    ("other_birth", AUSTEN | {"born": BORN + 1}, 1, ABSENT),
    ("unknown_birth", AUSTEN | {"born": None}, 1, ABSENT),
]
GENRES = [("two", ["Novel", "Satire"]), ("none", [])]
NOTHING = "All or nothing: the author came for a book that was refused. One transaction for both."


@pytest.mark.task(3)
class Create(ShopWithTwins, TestCase):
    @parameterized.expand(NESTED)
    def test_errors(self, _, author, errors):
        self.send("POST", {"author": author}, errors, PLACE)

    @parameterized.expand(AUTHORS)
    def test_author(self, _, author, more, because):
        before = Author.objects.count()
        book = self.send("POST", {"author": author}).save()
        got = stored(book)["author"], Author.objects.count() - before
        expected = {name: author[name] for name in AUSTEN}, more
        expect(f"(author, new rows) after POST with {author}", got, expected, because)

    @parameterized.expand(GENRES)
    def test_genres(self, _, genres):
        book = self.send("POST", {"genres": genres}).save()
        because = "A book has the genres that were sent."
        expect(f"genres after POST with {genres}", stored(book)["genres"], genres, because)


@pytest.mark.task(3)
class CreateAtOnce(Shop, TransactionTestCase):
    def setUp(self):
        self.setUpTestData()

    def test_nothing_is_left(self):
        call = "(Emma's changes, rows of Scott) after POST with Scott and an ISBN taken meanwhile"
        expect(call, self.lose_a_race("POST", {"author": SCOTT}), ({}, 0), NOTHING)


LEFT = "What a PATCH leaves out stays."
EMPTY = "An empty list was sent: no genres."
SENT = "The book has the author that was sent."
PART = "The fields left out are those of the book's author."
PATCHES = [
    ("title", {"title": "Emma!"}, {"title": "Emma!"}, LEFT),
    ("genres", {"genres": ["Novel"]}, {"genres": ["Novel"]}, LEFT),
    ("no_genres", {"genres": []}, {"genres": []}, EMPTY),
    ("author", {"author": SCOTT}, {"author": SCOTT}, SENT),
    ("name", {"author": {"name": "J. A."}}, {"author": AUSTEN | {"name": "J. A."}}, PART),
    ("birth", {"author": {"born": BORN - 1}}, {"author": AUSTEN | {"born": BORN - 1}}, PART),
]
SHARED = "The author's row is Persuasion's as well: leave it, and give Emma another."
SIDE = "A PATCH may bring one side of a rule: the other is what is stored."
RULES = [
    ("year", {"year": BORN - 1}, ["year"], SIDE),
    ("birth", {"author": {"born": YEAR + 1}}, ["year"], SIDE),
    ("both", {"year": BORN - 1, "author": {"born": BORN - 2}}, [], SIDE),
    ("name_empty", {"author": {"name": ""}}, ["author.name"], PLACE),
]


@pytest.mark.task(4)
class Update(ShopWithTwins, TestCase):
    @parameterized.expand(PATCHES)
    def test_patch(self, _, sent, expected, because):
        before, other = stored(self.emma), stored(self.persuasion)
        self.send("PATCH", sent).save()
        call = f"changes of Persuasion after PATCH of Emma with {sent}"
        expect(call, changes_of(self.persuasion, other), {}, SHARED)
        expect(f"changes after PATCH with {sent}", changes_of(self.emma, before), expected, because)

    def test_author_stays(self):
        before = self.emma.author_id
        self.send("PATCH", {"title": "Emma!"}).save()
        got = Book.objects.get(pk=self.emma.pk).author_id
        because = (
            "Nobody sent an author, so none is looked for: several rows may have the same three."
        )
        expect("key of the author after PATCH of the title", got, before, because)

    @parameterized.expand(RULES)
    def test_errors(self, _, sent, errors, because):
        self.send("PATCH", sent, errors, because)


@pytest.mark.task(4)
class UpdateAtOnce(Shop, TransactionTestCase):
    def setUp(self):
        self.setUpTestData()

    def test_nothing_is_left(self):
        sent = {"author": SCOTT, "genres": [], "isbn": NEW}
        call = f"(Emma's changes, rows of Scott) after PATCH with {sent}, the ISBN taken meanwhile"
        expect(call, self.lose_a_race("PATCH", sent), ({}, 0), NOTHING)
