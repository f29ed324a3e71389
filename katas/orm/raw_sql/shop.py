"""A small shop, its tree of genres, and answers in words where the database refuses the SQL."""

from django.db import DatabaseError, transaction

from core.bookshop.models import Author, Book, Genre, Publisher


class Shop:
    """Part of a TestCase: one author, one publisher, and the books that a case makes."""

    @classmethod
    def setUpTestData(cls):
        cls.author = Author.objects.create(name="Anon")
        cls.publisher = Publisher.objects.create(name="Press", city="London")

    def books(self, *titles, **more):
        """A book of each title; the later it is made, the older and the cheaper it is."""
        same = {"author": self.author, "publisher": self.publisher}
        start = Book.objects.count()
        return Book.objects.bulk_create(
            Book(
                title=title, isbn=str(n), **(same | {"year": 1900 - n, "price": 99 - n % 90} | more)
            )
            for n, title in enumerate(titles, start)
        )


def plant(parents):
    """Genres by name, each below its parent, in the order that is given."""
    made = {None: None}
    for name, parent in parents.items():
        made[name] = Genre.objects.create(name=name, parent=made[parent])
    return made


def answered(function, *arguments):
    """What a function returns, or in words what the database has against its SQL."""
    try:
        with transaction.atomic():
            return function(*arguments)
    except DatabaseError as error:
        return f"{type(error).__name__}: {error}"
