"""The catalogue that the tests fill."""

from decimal import Decimal

from core.bookshop.models import Author, Book, Genre, Publisher
from core.judge import rng

random = rng("catalogue")
SOME = random.randint(3, 6)
A, B, C = sorted(random.sample(["Crime", "Essay", "Gothic", "Novel", "Satire", "Travel"], 3))
X, Y, Z = sorted(random.sample(["Bath", "Dublin", "Leeds", "London", "Paris", "York"], 3))


class Catalogue:
    """Three genres and four publishers, two of them in one city. `put` adds books of one kind."""

    def setUp(self):
        self.author = Author.objects.create(name="Jane Austen", country="England")
        self.genres = {name: Genre.objects.create(name=name) for name in (B, A, C)}
        places = [("Press", X), ("Rival", X), ("House", Y), ("Sons", Z)]
        self.publishers = {
            name: Publisher.objects.create(name=name, city=city) for name, city in places
        }
        self.press = self.publishers["Press"].pk

    def put(self, count=1, *, publisher="Press", stock=1, genres=()):
        """So many books, whose ISBNs fall as their keys rise."""
        first = 9_000_000 - Book.objects.count()
        same = {"author": self.author, "publisher": self.publishers[publisher], "year": 1815}
        books = Book.objects.bulk_create(
            Book(
                isbn=str(first - n),
                title=f"Volume {random.randrange(10**6)}",
                price=Decimal(f"{random.randint(100, 5000) / 100:.2f}"),
                stock=stock,
                **same,
            )
            for n in range(count)
        )
        links = Book.genres.through
        links.objects.bulk_create(
            links(book=book, genre=self.genres[name]) for book in books for name in genres
        )
        return books
