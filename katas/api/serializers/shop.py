"""The shop that the tests work in, and what a view would do between a request and the serializer."""

import contextlib

from django.db import IntegrityError
from rest_framework.exceptions import ValidationError

from core.bookshop.isbn import check_digit
from core.bookshop.models import Author, Book, Genre, Publisher
from core.judge import expect, rng

from .serializers import BookSerializer

random = rng("catalogue")
BORN = random.randrange(1700, 1850)
YEAR = BORN + random.randrange(20, 60)
STOCK = random.randrange(1, 90)
PRICE = f"{random.randrange(500, 5000) / 100:.2f}"
NUMBERS = [f"978{number:09}" for number in random.sample(range(10**9), 3)]
ISBN, TAKEN, NEW = (number + check_digit(number) for number in NUMBERS)
TYPO = ISBN[:-1] + str((int(ISBN[-1]) + 1) % 10)
AUSTEN = {"name": "Jane Austen", "born": BORN, "country": "England"}
SCOTT = {"name": "Walter Scott", "born": BORN - 4, "country": "Scotland"}


def places(errors, path=""):
    """Where errors stand, such as ["author.name", "isbn"]."""
    if not isinstance(errors, dict):
        return [path]
    return sorted(p for key in errors for p in places(errors[key], f"{path}.{key}".strip(".")))


def stored(book):
    """The book as the tables hold it, in the shape in which it is sent."""
    row = Book.objects.get(pk=book.pk)
    return {name: getattr(row, name) for name in ("title", "isbn", "year", "stock")} | {
        "price": str(row.price),
        "publisher": row.publisher_id,
        "author": {name: getattr(row.author, name) for name in AUSTEN},
        "genres": sorted(row.genres.values_list("name", flat=True)),
    }


def changes_of(book, before):
    return {name: value for name, value in stored(book).items() if value != before[name]}


class Shop:
    """Two books of Jane Austen: Emma, which requests are about, and Persuasion."""

    @classmethod
    def setUpTestData(cls):
        cls.publisher = Publisher.objects.create(name="Murray", city="London")
        same = {"publisher": cls.publisher, "year": YEAR, "price": PRICE}
        same["author"] = Author.objects.create(**AUSTEN)
        cls.emma = Book.objects.create(title="Emma", isbn=ISBN, stock=STOCK, **same)
        cls.persuasion = Book.objects.create(title="Persuasion", isbn=TAKEN, **same)
        cls.emma.genres.set(Genre.objects.create(name=name) for name in ("Novel", "Satire"))

    def send(self, way, changes, errors=(), because="There is nothing wrong with it."):
        """The serializer of Emma, on POST of a new book, when it has found these errors."""
        book = None if way == "POST" else self.emma
        sent = {"title": "Emma", "isbn": ISBN if book else NEW, "year": YEAR, "price": PRICE}
        sent |= {"author": AUSTEN, "publisher": self.publisher.pk, "genres": ["Novel", "Satire"]}
        sent = changes if way == "PATCH" else sent | changes
        serializer = BookSerializer(book, data=sent, partial=way == "PATCH")
        serializer.is_valid()
        call = f"places of the errors after {way} with {changes}"
        expect(call, places(serializer.errors), list(errors), because)
        return serializer

    def lose_a_race(self, way, changes):
        """Save when the ISBN was taken after the check: what changed of Emma, how many Scotts are there."""
        before, serializer = stored(self.emma), self.send(way, changes)
        Book.objects.filter(pk=self.persuasion.pk).update(isbn=NEW)
        with contextlib.suppress(IntegrityError, ValidationError):
            serializer.save()
        return changes_of(self.emma, before), Author.objects.filter(name=SCOTT["name"]).count()


class ShopWithTwins(Shop):
    """Somebody has typed in Jane Austen twice, and her books have the second row."""

    @classmethod
    def setUpTestData(cls):
        Author.objects.create(**AUSTEN)
        super().setUpTestData()
