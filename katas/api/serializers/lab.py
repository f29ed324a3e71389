"""What the demo and the lab show of this kata: a list, and what a PATCH leaves of a book."""

from core.bookshop.generator import generate
from core.bookshop.models import Book

from .serializers import BookSerializer, catalogue

sizes = (4, 16, 64, 256)


def populate(size: int) -> None:
    """A shop with `size` books, a fifth as many authors, one to three genres a book."""
    generate(books=size)


def patch(data: dict) -> Book:
    """The shop's first book after a PATCH with the data."""
    book = Book.objects.order_by("pk").first()
    serializer = BookSerializer(book, data=data, partial=True)
    serializer.is_valid(raise_exception=True)
    return serializer.save()


def books_of_bell() -> int:
    """How many books an author of that name has, once one book was given to her."""
    patch({"author": {"name": "Ellis Bell"}})
    return Book.objects.filter(author__name="Ellis Bell").count()


calls = {
    "len(catalogue())": lambda: len(catalogue()),
    "genres after PATCH of title": lambda: patch({"title": "Emma"}).genres.count(),
    "stock after PATCH of stock": lambda: patch({"stock": 10**6}).stock,
    "books of a new author": books_of_bell,
}
