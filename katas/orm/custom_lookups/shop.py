"""A small shop, and answers in words where the database refuses the SQL."""

from django.core.exceptions import FieldError
from django.db import DatabaseError, transaction

from core.bookshop.models import Author, Book, Customer, Publisher


class Shop:
    """Part of a TestCase: books, of an author and a publisher whom nobody asks for."""

    @classmethod
    def setUpTestData(cls):
        cls.author = Author.objects.create(name="Anon")
        cls.publisher = Publisher.objects.create(name="Press", city="London")
        cls.customer = Customer.objects.create(name="Kim", email="kim@example.com")

    def books(self, *rows):
        """A book for each `dict` of what is special in it."""
        same = {"author": self.author, "publisher": self.publisher, "year": 1850, "price": 9}
        start = Book.objects.count()
        return Book.objects.bulk_create(
            Book(**(same | row), isbn=str(n)) for n, row in enumerate(rows, start)
        )


def answered(ask):
    """What `ask()` returns, or in words what Django or the database has against it."""
    try:
        with transaction.atomic():
            return ask()
    except (DatabaseError, FieldError) as error:
        return f"{type(error).__name__}: {error}"
