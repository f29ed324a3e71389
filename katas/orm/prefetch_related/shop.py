"""The shop that the cases fill, and what is drawn for it."""

from decimal import Decimal

from django.test import TestCase

from core.bookshop.models import Author, Book, Genre, Publisher
from core.judge import budget, growth, rng
from core.judge.rows import rows_at_most

random = rng("shop")
ANN, BEN, CAT = sorted(random.sample(["Austen", "Dumas", "Eliot", "Gaskell", "Scott", "Verne"], 3))
A, B, C, D = sorted(random.sample(["Aurora", "Emma", "Ivanhoe", "Kim", "Nana", "Villette"], 4))
G, H = sorted(random.sample(["Crime", "Gothic", "Satire", "Travel"], 2))
YEAR = random.randrange(1850, 1950)
PRICE = Decimal(random.randrange(500, 3000)) / 100
CENT = Decimal("0.01")


def book(title=A, *genres, year=YEAR, price=PRICE, stock=1):
    """A book to be."""
    return {"title": title, "genres": genres, "year": year, "price": price, "stock": stock}


class ShopCase(TestCase):
    """An empty shop, which `fill` fills with authors: pairs of a name and books."""

    @classmethod
    def setUpTestData(cls):
        cls.press = Publisher.objects.create(name="Press", city="London")
        cls.genres = {name: Genre.objects.create(name=name) for name in (H, G)}

    def fill(self, *shop):
        """Put the authors and their books there in this order, and return the books."""
        authors = [Author(name=name, country="France") for name, _ in shop]
        Author.objects.bulk_create(authors)
        books, links, first = [], [], Book.objects.count()
        for author, (_, some) in zip(authors, shop, strict=True):
            for each in some:
                values = {name: value for name, value in each.items() if name != "genres"}
                isbn = str(first + len(books))
                made = Book(author=author, publisher=self.press, isbn=isbn, **values)
                books.append(made)
                links += [(made, self.genres[name]) for name in each["genres"]]
        Book.objects.bulk_create(books)
        through = Book.genres.through
        through.objects.bulk_create(through(book=made, genre=genre) for made, genre in links)
        return books

    def expect_cost(self, call, ask, *, books, queries, rows, because):
        """The budget in a shop of three authors with these books, and the same however many there are."""
        self.fill(*[(f"{ANN} {n}", books) for n in range(3)])
        with rows_at_most(call, rows, because=because), budget(call, queries=queries):
            ask()
        growth(
            call,
            make=lambda size: self.fill(*[(f"{BEN} {n}", books[:2]) for n in range(size)]),
            do=ask,
        )
