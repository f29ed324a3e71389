"""The search service of the catalogue: the database chooses, sorts, cuts off and changes."""

from datetime import datetime
from decimal import Decimal

from core.bookshop.models import Book


def cheapest(country: str, limit: int) -> list[tuple[str, Decimal]]:
    """(title, price) of the cheapest books in stock by authors of a country, `limit` of them at most.

    The cheapest first, equal prices in the order of the title.
    """
    # A queryset is a plan: what is chained on before the list() becomes one statement, the slice too.
    books = Book.objects.filter(author__country=country, stock__gt=0)
    return list(books.order_by("price", "title").values_list("title", "price")[:limit])


def lookup(text: str) -> Book | None:
    """The book that a customer names, by its ISBN or else by its title; None where there is none.

    A title may be written in any mixture of capital and small letters. Of several books with one title
    it is the one of the latest year, and of the same year the one with the higher primary key.
    """
    # get() is for what must be there, once. first() is for what may not be, or more often.
    book = Book.objects.filter(isbn=text).first()
    return book or Book.objects.filter(title__iexact=text).order_by("-year", "-pk").first()


def praised(stars: int, since: datetime) -> set[str]:
    """The ISBNs of the books with a review of at least `stars`, written at `since` or later."""
    # In one filter() both conditions are about one review. In two, each finds a review of its own.
    books = Book.objects.filter(reviews__stars__gte=stars, reviews__written_at__gte=since)
    return set(books.values_list("isbn", flat=True))


def in_both(first: str, second: str) -> set[str]:
    """The ISBNs of the books that belong to both genres, given by their names."""
    # No genre has two names, so one filter() would find nothing: a book needs two genres, two joins.
    books = Book.objects.filter(genres__name=first).filter(genres__name=second)
    return set(books.values_list("isbn", flat=True))


def without(genre: str) -> set[str]:
    """The ISBNs of the books that do not belong to a genre, those without any genre included."""
    # "Not of this genre" is said of the book; a filter() could only say it of one of its genres.
    return set(Book.objects.exclude(genres__name=genre).values_list("isbn", flat=True))


def recall(publisher: str, until: int) -> int:
    """Take a publisher's books of the years up to `until`, that one included, off sale: no stock.

    Returns of how many books the stock changed.
    """
    # One UPDATE of one column: nothing is read, and nobody's change to another column is lost.
    books = Book.objects.filter(publisher__name=publisher, year__lte=until, stock__gt=0)
    number = books.count()
    books.update(stock=0)
    return number
