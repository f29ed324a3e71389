"""The shelf that the tests work at, and how two calls meet there."""

from decimal import Decimal

from django.db import Error

from core.bookshop.models import Author, Book, Publisher
from core.judge import rng
from core.judge.sessions import before, sessions

random = rng("shelf")
KEY, OTHER, UNKNOWN = random.sample(range(100, 1000), 3)  # primary keys of books
STOCK = random.randint(20, 60)
SOME = random.randint(2, 9)
PRICE = Decimal(random.randint(10, 30))


def open_shop():
    """A publisher's book and one of a rival; the publisher's key, and the author."""
    author = Author.objects.create(name="Jane Austen", country="England")
    press, rival = (Publisher.objects.create(name=name, city="") for name in ("Press", "Rival"))
    same = {"author": author, "year": 1815, "price": PRICE, "stock": STOCK}
    Book.objects.create(pk=KEY, title="Emma", isbn="1", publisher=press, **same)
    Book.objects.create(pk=OTHER, title="Persuasion", isbn="2", publisher=rival, **same)
    return press.pk, author


def row(book=KEY, *names):
    """The values of these columns of a book, as the table holds them; of one column, its value."""
    return Book.objects.values_list(*names, flat=not names[1:]).get(pk=book)


def told(call):
    """What comes of a call: what it returns, or the error that the database raises."""
    try:
        return call()
    except Error as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"


def meet(first, second):
    """What comes of two calls, the second begun while the first is about to write."""
    with sessions() as run:
        one = run.start("the first", first, hold=before("^UPDATE"))
        one.held()
        two = run.start("the second", second)
        two.waits_for()
        one.go()
        return told(one.result), told(two.result)
