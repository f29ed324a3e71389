"""The shop that the cases fill, and what is drawn for it."""

import itertools
from decimal import Decimal

from django.db.models import QuerySet
from django.test import TestCase

from core.bookshop.models import Author, Book, Genre, Publisher
from core.judge import budget, expect, rng

random = rng("shop")
A, B, C = sorted(random.sample(["Aurora", "Emma", "Ivanhoe", "Kim", "Nana", "Villette"], 3))
ANN, BEN = random.sample(["Austen", "Dumas", "Eliot", "Gaskell", "Scott", "Verne"], 2)
P, Q = random.sample(["Borzoi", "Cornell", "Domino", "Puffin"], 2)
G, H, OTHER = random.sample(["Crime", "Gothic", "Satire", "Travel"], 3)
BORN = random.randrange(1780, 1850)
LOW, HIGH = (Decimal(cents) / 100 for cents in sorted(random.sample(range(500, 3000), 2)))
ORDER = "In the order of the title, equal titles with the higher primary key first."
ISBNS = itertools.count()
CENT = Decimal("0.01")


class ShopCase(TestCase):
    """An empty shop; `add` puts a book into it. Of one author nobody knows when he was born."""

    @classmethod
    def setUpTestData(cls):
        born = {ANN: BORN, BEN: None}
        cls.authors = {
            name: Author.objects.create(name=name, born=year, country="France")
            for name, year in born.items()
        }
        cls.publishers = {name: Publisher.objects.create(name=name, city="Oslo") for name in (P, Q)}
        cls.genres = {name: Genre.objects.create(name=name) for name in (G, H, OTHER)}

    def add(self, title=A, *, author=ANN, publisher=P, genres=(), price=LOW, stock=1):
        book = Book.objects.create(
            title=title,
            author=self.authors[author],
            publisher=self.publishers[publisher],
            year=1850,
            isbn=str(next(ISBNS)),
            price=price,
            stock=stock,
        )
        links = Book.genres.through.objects
        links.bulk_create(links.model(book=book, genre=self.genres[name]) for name in genres)
        return book

    def expect_books(self, call, ask, expected, because):
        """The books of a queryset that a view can go on with: count it, and show a page of it."""
        keys = Book.objects.order_by("pk").values_list("pk", flat=True)
        number = {pk: n for n, pk in enumerate(keys, 1)}
        with budget(call, queries=1):
            asked = ask()
            found = list(asked) if isinstance(asked, QuerySet) else []
        kept = "The view counts it and takes a page of it: it must be a queryset."
        expect(f"a queryset from {call}", isinstance(asked, QuerySet), True, kept)
        wanted = [number[each.pk] for each in expected]
        got = [number[each.pk] for each in found]
        expect(f"which books, by number: {call}", got, wanted, because)
        expect(f"{call}.count()", ask().count(), len(expected), because)

    def expect_order(self, call, ask):
        made = [self.add(title, genres=[G]) for title in (B, A, B, C)]
        expected = [made[place].pk for place in (1, 2, 0, 3)]
        expect(f"which books, by primary key: {call}", [each.pk for each in ask()], expected, ORDER)
