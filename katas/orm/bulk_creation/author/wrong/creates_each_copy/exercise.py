"""Three imports of the bookshop, in a few statements each, however long the list is."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from core.bookshop.models import Book, Copy

from .supplier import Row, portions


def add_books(rows: Sequence[Row], author: int, publisher: int) -> None:
    """Add the books of a delivery, with the author and publisher given by primary key.

    A book whose ISBN the shop has stays as it is. Of each book, known or new, `row.copies` copies are
    added, on shelf "New". No ISBN is there twice. All or nothing.
    """
    with transaction.atomic():
        Book.objects.bulk_create(
            [new_book(row, author, publisher) for row in rows], ignore_conflicts=True
        )
        # Which rows were there before, an INSERT that ignores conflicts does not tell, and so its
        # instances have no keys: read them.
        isbns = [row.isbn for row in rows]
        books = Book.objects.only("isbn").in_bulk(isbns, field_name="isbn")
        for row in rows:
            for _ in range(row.copies):
                Copy.objects.create(book=books[row.isbn], shelf="New")


def update_prices(rows: Sequence[Row], author: int, publisher: int) -> None:
    """Take over a price list: new books are added, known ones get the new price and nothing else.

    If an ISBN is there twice, the later row counts.
    """
    # PostgreSQL refuses to change a row twice in one statement; a dict keeps the last of each key.
    latest = {row.isbn: new_book(row, author, publisher) for row in rows}
    Book.objects.bulk_create(
        latest.values(), update_conflicts=True, unique_fields=["isbn"], update_fields=["price"]
    )


def take_stock(counts: Mapping[str, int], most: int) -> list[str]:
    """Set the stock of each book, given by ISBN, to what was counted; return the ISBNs that are unknown.

    In the order of `counts`. A negative count is for the table to refuse: then nothing has changed. No
    statement carries more than `most` values, which is 3 or more.
    """
    unknown: list[str] = []
    with transaction.atomic():
        # A book is three values in a bulk_update(): its key twice, and the new stock. Not only for the
        # limit: in a CASE, the branch for each of ten thousand books is searched from the first one on.
        for isbns in portions(counts, most // 3):
            books = Book.objects.only("isbn").in_bulk(isbns, field_name="isbn")
            for isbn, book in books.items():
                book.stock = counts[isbn]
            Book.objects.bulk_update(books.values(), ["stock"])
            unknown += [isbn for isbn in isbns if isbn not in books]
    return unknown


def new_book(row: Row, author: int, publisher: int) -> Book:
    """A book of a supplier's row, not saved."""
    about = {"author_id": author, "publisher_id": publisher, "year": 2026}
    return Book(isbn=row.isbn, title=row.title, price=row.price, **about)
