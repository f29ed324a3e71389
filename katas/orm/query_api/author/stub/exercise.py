"""The search service of the catalogue, as it was written for a shop of twelve books."""

from datetime import datetime
from decimal import Decimal

from core.bookshop.models import Book, Genre


def cheapest(country: str, limit: int) -> list[tuple[str, Decimal]]:
    """(title, price) of the cheapest books in stock by authors of a country, `limit` of them at most.

    The cheapest first, equal prices in the order of the title.
    """
    found = []
    for book in Book.objects.all():
        if book.author.country == country and book.stock > 0:
            found.append((book.price, book.title))
    return [(title, price) for price, title in sorted(found)[:limit]]


def lookup(text: str) -> Book | None:
    """The book that a customer names, by its ISBN or else by its title; None where there is none.

    A title may be written in any mixture of capital and small letters. Of several books with one title
    it is the one of the latest year, and of the same year the one with the higher primary key.
    """
    if text.isdigit():
        return Book.objects.get(isbn=text)
    return Book.objects.get(title__iexact=text)


def praised(stars: int, since: datetime) -> set[str]:
    """The ISBNs of the books with a review of at least `stars`, written at `since` or later."""
    books = Book.objects.filter(reviews__stars__gte=stars).filter(reviews__written_at__gte=since)
    return {book.isbn for book in books}


def in_both(first: str, second: str) -> set[str]:
    """The ISBNs of the books that belong to both genres, given by their names."""
    return {book.isbn for book in Book.objects.filter(genres__name__in=[first, second])}


def without(genre: str) -> set[str]:
    """The ISBNs of the books that do not belong to a genre, those without any genre included."""
    others = Genre.objects.exclude(name=genre)
    return {book.isbn for book in Book.objects.filter(genres__in=others)}


def recall(publisher: str, until: int) -> int:
    """Take a publisher's books of the years up to `until`, that one included, off sale: no stock.

    Returns of how many books the stock changed.
    """
    number = 0
    for book in Book.objects.filter(publisher__name=publisher, year__lte=until):
        if book.stock:
            book.stock = 0
            book.save()
            number += 1
    return number
