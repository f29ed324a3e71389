"""Three imports of the bookshop. Right, and they take from the coffee to the lunch break."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from core.bookshop.models import Book, Copy

from .supplier import Row


def add_books(rows: Sequence[Row], author: int, publisher: int) -> None:
    """Add the books of a delivery, with the author and publisher given by primary key.

    A book whose ISBN the shop has stays as it is. Of each book, known or new, `row.copies` copies are
    added, on shelf "New". No ISBN is there twice. All or nothing.
    """
    with transaction.atomic():
        for row in rows:
            book = Book.objects.filter(isbn=row.isbn).first()
            if book is None:
                book = new_book(row, author, publisher)
                book.save()
            for _ in range(row.copies):
                Copy.objects.create(book=book, shelf="New")


def update_prices(rows: Sequence[Row], author: int, publisher: int) -> None:
    """Take over a price list: new books are added, known ones get the new price and nothing else.

    If an ISBN is there twice, the later row counts.
    """
    for row in rows:
        if not Book.objects.filter(isbn=row.isbn).update(price=row.price):
            new_book(row, author, publisher).save()


def take_stock(counts: Mapping[str, int], most: int) -> list[str]:
    """Set the stock of each book, given by ISBN, to what was counted; return the ISBNs that are unknown.

    In the order of `counts`. A negative count is for the table to refuse: then nothing has changed. No
    statement carries more than `most` values, which is 3 or more.
    """
    books = Book.objects.filter(isbn__in=counts)
    for book in books:
        book.stock = counts[book.isbn]
        book.save()
    known = {book.isbn for book in books}
    return [isbn for isbn in counts if isbn not in known]


def new_book(row: Row, author: int, publisher: int) -> Book:
    """A book of a supplier's row, not saved."""
    about = {"author_id": author, "publisher_id": publisher, "year": 2026}
    return Book(isbn=row.isbn, title=row.title, price=row.price, **about)
