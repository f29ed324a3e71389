"""Five questions to the catalogue, each answered with what the answer needs and no more."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from core.bookshop.models import Book, Genre


def has_stock(publisher: int) -> bool:
    """Whether any book of a publisher, given by primary key, is in stock."""
    # The database stops at the first one that it finds, and sends a 1 in place of a book.
    return Book.objects.filter(publisher=publisher, stock__gt=0).exists()


def titles_in_stock(publisher: int) -> int:
    """How many books of a publisher, given by primary key, are in stock."""
    return Book.objects.filter(publisher=publisher, stock__gt=0).count()


def cities() -> list[tuple[str, str]]:
    """(genre, city): where the books in stock of each genre are published, each pair once.

    Genres from Z to A, the cities of one genre from A to Z. Genres without stock are left out.
    """
    # The joins repeat a pair once a book. distinct() compares the columns that are selected, and
    # whatever order_by() names is selected too: here it names those two, so pairs are compared.
    rows = Genre.objects.filter(books__isnull=False).order_by("-name", "books__publisher__city")
    return list(rows.values_list("name", "books__publisher__city").distinct())


def receipt(isbns: Sequence[str]) -> list[tuple[str, Decimal] | None]:
    """(title, price) for each ISBN in the order in which they were scanned, None for an unknown one.

    A book that is scanned twice is there twice. Of each book, no column is fetched but `id`, `isbn`,
    `title` and `price`.
    """
    # All that is read below: a field that only() leaves out costs a query for each book.
    books = Book.objects.only("isbn", "title", "price").in_bulk(isbns, field_name="isbn")
    found = (books.get(isbn) for isbn in isbns)
    return [(book.title, book.price) if book else None for book in found]


def export(write: Callable[[str], object], at_once: int) -> int:
    """Write a line "isbn;title;price" for every book, in the order of the ISBN; return how many.

    The catalogue does not fit into memory: at no time may more than `at_once` rows be fetched and not
    yet written.
    """
    lines = 0
    # Tuples: of a million instances, each would be built to be read three times and thrown away.
    rows = Book.objects.order_by("isbn").values_list("isbn", "title", "price")
    for isbn, title, price in rows.iterator(chunk_size=at_once):
        write(f"{isbn};{title};{price}")
        lines += 1
    return lines
