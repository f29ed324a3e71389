"""What the demo and the lab show of this kata: prices of many books, and calls that meet."""

from functools import partial

from core.bookshop.models import Book

from . import exercise
from .shop import KEY, OTHER, PRICE, SOME, STOCK, meet, open_shop

sizes = (2, 8, 32, 128)


def populate(size: int) -> None:
    """The shelf of the tests, and `size` books more of its first publisher."""
    press, author = open_shop()
    same = {"author": author, "publisher_id": press, "year": 1815, "price": PRICE, "stock": STOCK}
    keys = range(3000, 3000 + size)
    Book.objects.bulk_create(Book(pk=key, title="Volume", isbn=str(key), **same) for key in keys)


def press() -> int:
    return Book.objects.get(pk=KEY).publisher_id


def tills() -> str:
    """Two tills sell at once: how many are gone, in the table, of how many sold."""
    Book.objects.filter(pk=KEY).update(stock=STOCK)
    sale = partial(exercise.sell, KEY, SOME)
    sold = SOME * meet(sale, sale).count(True)
    return f"{sold} sold, {STOCK - Book.objects.get(pk=KEY).stock} gone"


def last_copies() -> str:
    """Two tills want more than half of the stock each."""
    Book.objects.filter(pk=KEY).update(stock=STOCK)
    quantity = STOCK // 2 + 1
    sale = partial(exercise.sell, KEY, quantity)
    sold = quantity * meet(sale, sale).count(True)
    return f"{sold} sold of {STOCK}"


def delivery() -> str:
    """A delivery for a book that was read before 3 of it were sold."""
    book = Book.objects.get(pk=OTHER)
    before = book.stock
    Book.objects.filter(pk=OTHER).update(stock=before - 3)
    exercise.receive(book, SOME)
    return f"{before} - 3 + {SOME} = {Book.objects.get(pk=OTHER).stock}"


calls = {
    "raise_prices(press, 5)": lambda: exercise.raise_prices(press(), 5),
    "two tills": tills,
    "more than half, twice": last_copies,
    "a delivery, and 3 were sold": delivery,
}
