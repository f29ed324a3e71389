"""The shop that the cases fill, and what is drawn for it."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal

from django.test import TestCase

from core.bookshop.models import Author, Book, Customer, Genre, Publisher
from core.judge import rng

random = rng("catalogue")
HERE, THERE = random.sample(["Chile", "France", "Ghana", "Japan", "Norway"], 2)
A, B, C, D = sorted(random.sample(["Aurora", "Emma", "Ivanhoe", "Kim", "Nana", "Villette"], 4))
G, H, OTHER = random.sample(["Crime", "Gothic", "Satire", "Travel"], 3)
P, Q = random.sample(["Arden", "Borzoi", "Cornell", "Domino"], 2)
YEAR = random.randrange(1850, 1950)
STARS = random.randrange(2, 5)
DAY = datetime(2024, random.randrange(1, 13), random.randrange(1, 29), 12, tzinfo=UTC)
CHEAP, DEAR = (Decimal(cents) / 100 for cents in sorted(random.sample(range(500, 3000), 2)))
numbers = itertools.count(1)  # no ISBN is so short
ISBN = str(random.randrange(10**12, 10**13))


class ShopCase(TestCase):
    """An empty shop; `add` puts a book into it."""

    @classmethod
    def setUpTestData(cls):
        cls.authors = {
            name: Author.objects.create(name=name, country=name) for name in (HERE, THERE)
        }
        cls.publishers = {name: Publisher.objects.create(name=name, city="Oslo") for name in (P, Q)}
        cls.genres = {name: Genre.objects.create(name=name) for name in (G, H, OTHER)}
        cls.kim = Customer.objects.create(name="Kim", email="kim@example.com")

    def book(self, title, isbn, *, price=CHEAP, stock=1, country=HERE, publisher=P, year=YEAR):
        return Book(
            title=title,
            isbn=isbn,
            price=price,
            stock=stock,
            year=year,
            author=self.authors[country],
            publisher=self.publishers[publisher],
        )

    def add(self, title, *, isbn="", **more):
        book = self.book(title, isbn or str(next(numbers)), **more)
        book.save()
        return book

    def fill(self, size):
        """Books of one title each, all of which `cheapest` and `recall` are about."""
        Book.objects.bulk_create(self.book(f"{A} {n}", f"no {n}") for n in range(size))
