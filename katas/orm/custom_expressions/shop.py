"""A small shop, and answers in words where Django or the database refuses."""

from django.core.exceptions import FieldError
from django.db import DatabaseError, transaction

from core.bookshop.models import Author, Book, Publisher
from core.judge import budget


class Shop:
    """Part of a TestCase: authors with their books, as each case wants them."""

    @classmethod
    def setUpTestData(cls):
        cls.publisher = Publisher.objects.create(name="Press", city="London")

    def books(self, author, *rows):
        """An author of that name, with a book for each `dict` of what is special in it."""
        author = Author.objects.create(name=author)
        same = {"author": author, "publisher": self.publisher, "year": 1850, "price": 9}
        start = Book.objects.count()
        Book.objects.bulk_create(
            Book(**(same | row), isbn=str(n)) for n, row in enumerate(rows, start)
        )

    def found(self, aggregate):
        """What an aggregate gives for each author, by name."""

        def ask():
            authors = Author.objects.annotate(found=aggregate())
            with budget("the query with the aggregate", queries=1):
                return dict(authors.values_list("name", "found"))

        return answered(ask)


def answered(ask):
    """What `ask()` returns, or in words what Django or the database has against it."""
    try:
        with transaction.atomic():
            return ask()
    except (DatabaseError, FieldError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def called(start, options):
    return f"{', '.join([start, *(f'{name}={value!r}' for name, value in options.items())])})"


def split(text, separator):
    return sorted(text.split(separator)) if isinstance(text, str) else text
