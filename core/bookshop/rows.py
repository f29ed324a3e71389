"""The rows of a generated shop, table by table, as tuples that are never all in memory at once.

Each table draws from a source of its own, so the rows of one do not depend on how many another has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.utils.text import slugify

from core.bookshop import words
from core.bookshop.bulk import Row
from core.bookshop.inventory import Counts
from core.bookshop.isbn import check_digit
from core.bookshop.models import Order

# Customers join in the two years before; orders, reviews and loans fill the two after.
OPENED = datetime(2023, 1, 1, 9, tzinfo=UTC)
MINUTES = 2 * 365 * 24 * 60
DAY = 24 * 60

PRICES = tuple(Decimal(cents) / 100 for cents in range(490, 4000, 50))
STATUSES = tuple(status.value for status in Order.Status)
STATUS_WEIGHTS = (8, 17, 60, 9, 6)
QUANTITIES = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
# Three orders have ten lines between them: their sizes vary, the sum does not.
ORDER_SIZES = ((1, 1, 8), (1, 2, 7), (6, 1, 3), (4, 5, 1), (2, 6, 2), (5, 2, 3), (3, 4, 3))
STARS = (1, 2, 3, 4, 5)
# How readers take a book: loved, liked, divisive, disliked.
MOODS = ((1, 2, 5, 30, 62), (3, 7, 25, 45, 20), (28, 10, 12, 18, 32), (30, 35, 20, 10, 5))


@dataclass(kw_only=True)
class Shop:
    sizes: Counts
    seed: int
    first: Mapping[str, int]  # the primary key that each table goes on from
    genres: Mapping[str, int]  # primary keys by name
    born: list[int] = field(init=False)
    prices: list[int] = field(init=False)  # the place of each book's price in PRICES
    prolific: list[int] = field(init=False)
    best_sellers: list[int] = field(init=False)
    regulars: list[int] = field(init=False)

    def __post_init__(self) -> None:
        rng = self.source("facts")
        self.born = [rng.randrange(1700, 1881) for _ in range(self.sizes.authors)]
        steps = len(PRICES)
        self.prices = [int(steps * rng.random() ** 1.5) for _ in range(self.sizes.books)]
        # Shuffled, or the best seller would always be the book with the lowest key.
        self.prolific = rng.sample(range(self.sizes.authors), self.sizes.authors)
        self.best_sellers = rng.sample(range(self.sizes.books), self.sizes.books)
        self.regulars = rng.sample(range(self.sizes.customers), self.sizes.customers)

    def source(self, name: str) -> Random:
        return Random(f"{self.seed} {name}")  # noqa: S311 - a shop, not a secret

    def tables(self) -> dict[str, Iterator[Row]]:
        """Rows by table, referenced tables first. The genres are there already."""
        return {
            "authors": self.authors(),
            "publishers": self.publishers(),
            "books": self.books(),
            "copies": self.copies(),
            "customers": self.customers(),
            "orders": self.orders(),
            "lines": self.lines(),
            "reviews": self.reviews(),
            "loans": self.loans(),
        }

    def authors(self) -> Iterator[Row]:
        rng = self.source("authors")
        for pk, born in enumerate(self.born, self.first["authors"]):
            name = f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}"
            yield pk, name, born, rng.choice(words.COUNTRIES)

    def publishers(self) -> Iterator[Row]:
        rng = self.source("publishers")
        for pk in self.keys("publishers", self.sizes.publishers):
            city = rng.choice(words.CITIES)
            yield pk, f"{rng.choice(words.HOUSES)} Press, {city}", city

    def books(self) -> Iterator[Row]:
        rng = self.source("books")
        for index, pk in enumerate(self.keys("books", self.sizes.books)):
            author = self.prolific[int(self.sizes.authors * rng.random() ** 1.5)]
            publisher = rng.randrange(self.sizes.publishers)
            yield (
                pk,
                title(rng),
                self.first["authors"] + author,
                self.first["publishers"] + publisher,
                self.born[author] + rng.randrange(22, 49),
                isbn(pk),
                PRICES[self.prices[index]],
                int(60 * rng.random() ** 2),
            )

    def links(self, first: int) -> Iterator[Row]:
        """Books and their genres: one to three a book, none twice, all of one branch of the tree."""
        rng = self.source("links")
        keys = count(first)
        branches = [[self.genres[name] for name in branch] for branch in branches_of_leaves()]
        for pk in self.keys("books", self.sizes.books):
            branch = rng.choice(branches)
            for genre in rng.sample(branch, min(rng.choice((1, 1, 2, 2, 3)), len(branch))):
                yield next(keys), pk, genre

    def copies(self) -> Iterator[Row]:
        rng = self.source("copies")
        for pk in self.keys("copies", self.sizes.copies):
            book = int(self.sizes.books * rng.random())
            yield pk, self.first["books"] + book, f"{rng.choice('ABCDEFGH')}{rng.randrange(1, 41)}"

    def customers(self) -> Iterator[Row]:
        rng = self.source("customers")
        for pk in self.keys("customers", self.sizes.customers):
            name = f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}"
            joined = OPENED.date() - timedelta(days=rng.randrange(1, 731))
            yield pk, name, f"{slugify(name)}.{pk}@example.com", joined

    def orders(self) -> Iterator[Row]:
        rng = self.source("orders")
        for pk in self.keys("orders", self.sizes.orders):
            (status,) = rng.choices(STATUSES, STATUS_WEIGHTS)
            yield pk, self.customer(rng), status, moment(rng)

    def lines(self) -> Iterator[Row]:
        rng = self.source("lines")
        keys = count(self.first["lines"])
        orders = iter(self.keys("orders", self.sizes.orders))
        for _ in range(self.sizes.orders // 3):
            for size in rng.choice(ORDER_SIZES):
                order = next(orders)
                for book in self.distinct_books(rng, size):
                    quantity = QUANTITIES[int(10 * rng.random())]
                    # One in five was bought before the price went up a step.
                    price = PRICES[max(self.prices[book] - (rng.random() < 0.2), 0)]
                    yield next(keys), order, self.first["books"] + book, quantity, price

    def reviews(self) -> Iterator[Row]:
        rng = self.source("reviews")
        for pk in self.keys("reviews", self.sizes.reviews):
            book = self.book(rng)
            (stars,) = rng.choices(STARS, MOODS[book % 4])
            text = rng.choice(words.OPINIONS[stars])
            yield pk, self.first["books"] + book, self.customer(rng), stars, text, moment(rng)

    def loans(self) -> Iterator[Row]:
        """Two a copy, one in each year: only the second may be open, so no copy is out twice."""
        rng = self.source("loans")
        lent = rng.sample(range(self.sizes.copies), (self.sizes.loans + 1) // 2)
        for index, pk in enumerate(self.keys("loans", self.sizes.loans)):
            second = index % 2
            out_at = OPENED + timedelta(
                minutes=(MINUTES // 2) * second + rng.randrange(MINUTES // 2 - 50 * DAY)
            )
            back_at = out_at + timedelta(minutes=rng.randrange(DAY, 45 * DAY))
            copy = self.first["copies"] + lent[index // 2]
            is_open = second and rng.random() < 0.3
            yield pk, copy, self.customer(rng), out_at, None if is_open else back_at

    def keys(self, name: str, size: int) -> range:
        return range(self.first[name], self.first[name] + size)

    def book(self, rng: Random) -> int:
        """A book's place; the first hundredth of the best sellers is drawn one time in five."""
        return self.best_sellers[int(self.sizes.books * rng.random() ** 3)]

    def distinct_books(self, rng: Random, size: int) -> dict[int, None]:
        chosen: dict[int, None] = {}
        size = min(size, self.sizes.books)
        while len(chosen) < size:
            chosen[self.book(rng)] = None
        return chosen

    def customer(self, rng: Random) -> int:
        place = self.regulars[int(self.sizes.customers * rng.random() ** 2)]
        return self.first["customers"] + place


def moment(rng: Random) -> datetime:
    return OPENED + timedelta(minutes=int(MINUTES * rng.random()))


def title(rng: Random) -> str:
    return rng.choice(words.TITLES).format(
        adjective=rng.choice(words.ADJECTIVES),
        noun=rng.choice(words.NOUNS),
        other=rng.choice(words.NOUNS),
        place=rng.choice(words.PLACES),
    )


def isbn(pk: int) -> str:
    """Of the range 979-8, which the shipped books stay out of; made of the key, so never twice."""
    first_twelve = f"9798{pk:08}"
    return first_twelve + check_digit(first_twelve)


def branches_of_leaves() -> list[list[str]]:
    """For each genre without children, all such genres under the same root."""
    leaves = [name for name in words.GENRES if name not in words.GENRES.values()]
    return [[leaf for leaf in leaves if root(leaf) == root(other)] for other in leaves]


def root(genre: str) -> str:
    parent = words.GENRES[genre]
    return genre if parent is None else root(parent)
