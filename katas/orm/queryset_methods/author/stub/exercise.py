"""Five questions to the catalogue. The answers are right, and most of what is fetched is not used."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from core.bookshop.models import Book


def has_stock(publisher: int) -> bool:
    """Whether any book of a publisher, given by primary key, is in stock."""
    return bool(Book.objects.filter(publisher=publisher, stock__gt=0))


def titles_in_stock(publisher: int) -> int:
    """How many books of a publisher, given by primary key, are in stock."""
    return len(Book.objects.filter(publisher=publisher, stock__gt=0))


def cities() -> list[tuple[str, str]]:
    """(genre, city): where the books in stock of each genre are published, each pair once.

    Genres from Z to A, the cities of one genre from A to Z. Genres without stock are left out.
    """
    books = Book.objects.filter(stock__gt=0).select_related("publisher").prefetch_related("genres")
    pairs = {(genre.name, book.publisher.city) for book in books for genre in book.genres.all()}
    by_city = sorted(pairs, key=lambda pair: pair[1])
    return sorted(by_city, key=lambda pair: pair[0], reverse=True)


def receipt(isbns: Sequence[str]) -> list[tuple[str, Decimal] | None]:
    """(title, price) for each ISBN in the order in which they were scanned, None for an unknown one.

    A book that is scanned twice is there twice. Of each book, no column is fetched but `id`, `isbn`,
    `title` and `price`.
    """
    books = Book.objects.only("isbn", "title").in_bulk(isbns, field_name="isbn")
    found = (books.get(isbn) for isbn in isbns)
    return [(book.title, book.price) if book else None for book in found]


def export(write: Callable[[str], object], at_once: int) -> int:
    """Write a line "isbn;title;price" for every book, in the order of the ISBN; return how many.

    The catalogue does not fit into memory: at no time may more than `at_once` rows be fetched and not
    yet written.
    """
    books = Book.objects.order_by("isbn")
    for book in books:
        write(f"{book.isbn};{book.title};{book.price}")
    return len(books)
