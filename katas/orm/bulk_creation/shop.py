"""The shop that the tests import into, and the lists that they import."""

from decimal import Decimal

from core.bookshop.models import Author, Book, Publisher
from core.judge import rng

from . import exercise
from .supplier import Row

random = rng("delivery")
NUMBERS = random.sample(range(1000, 10_000), 6)
SOME = random.randint(2, 5)
PRICE, NEW_PRICE, LAST_PRICE = (
    Decimal(f"{cents / 100:.2f}") for cents in random.sample(range(500, 5000), 3)
)
STOCK = random.randint(5, 50)
MOST = 3 * random.randint(6, 9)  # values in one statement of task 3


def row(number, price=PRICE, copies=0):
    return Row(f"978{number}", f"Volume {number}", price, copies)


class Shop:
    """An author, a publisher, and no books."""

    def setUp(self):
        self.author = Author.objects.create(name="Jane Austen", country="England").pk
        self.press = Publisher.objects.create(name="Press", city="London").pk

    def has(self, *numbers):
        """Have these books in the shop, with titles and prices that no supplier knows."""
        for number in numbers:
            book = exercise.new_book(row(number), self.author, self.press)
            book.title, book.stock = f"Known {number}", STOCK
            book.save()

    def books(self):
        """(isbn, title, price, stock) of all books, by ISBN."""
        names = ("isbn", "title", "price", "stock")
        return sorted(Book.objects.values_list(*names))

    def fill(self, size):
        """`size` books in the shop, and another `size` on the list beside them."""
        known = [row(10_000 + n, copies=1) for n in range(size)]
        Book.objects.bulk_create(
            [exercise.new_book(each, self.author, self.press) for each in known]
        )
        self.rows = [*known, *(row(20_000 + n, copies=1) for n in range(size))]
