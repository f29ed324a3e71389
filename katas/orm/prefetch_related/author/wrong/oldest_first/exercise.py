"""Lists of authors with their books and genres: a query for each table, however many rows there are."""

from decimal import Decimal

from django.db.models import Prefetch, prefetch_related_objects

from core.bookshop.models import Author, Book


def catalogue() -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """(author, books) of every author by name, a book being (title, genres), by title; genres by name.

    Equal names, and equal titles of one author, come with the higher primary key first.
    """
    # The order belongs into the prefetch: order_by() on a relation asks again, whatever is there.
    books = Prefetch("books", Book.objects.order_by("title", "-pk").prefetch_related("genres"))
    return [
        (author.name, [(book.title, genre_names(book)) for book in author.books.all()])
        for author in Author.objects.order_by("name", "-pk").prefetch_related(books)
    ]


def on_offer(highest: Decimal) -> list[tuple[str, list[str]]]:
    """(author, titles) of every author, with the books in stock that cost `highest` at most.

    In the order of `catalogue()`. An author without such a book stays in the list.
    """
    offers = Book.objects.filter(stock__gt=0, price__lte=highest).order_by("title", "-pk")
    # An attribute of its own: `books.all()` would say "all", and hold these alone.
    authors = Author.objects.prefetch_related(Prefetch("books", offers, to_attr="on_offer"))
    return [
        (author.name, [book.title for book in author.on_offer])
        for author in authors.order_by("name", "-pk")
    ]


def latest(number: int) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """(author, books) as in `catalogue()`, but only the `number` latest books of each author.

    The latest year comes first, within a year the higher primary key. `number` is 1 or more.
    """
    # A slice in a prefetch is one of each author's books: Django numbers them by a window function.
    books = Book.objects.order_by("year", "-pk").prefetch_related("genres")[:number]
    authors = Author.objects.prefetch_related(Prefetch("books", books, to_attr="latest"))
    return [
        (author.name, [(book.title, genre_names(book)) for book in author.latest])
        for author in authors.order_by("name", "-pk")
    ]


def labels(books: list[Book]) -> list[str]:
    """ "Title (Genre, Genre)" for each of these books, in their order; the title alone without genres.

    Somebody else has found the books, and some may carry their genres already. Their titles are as they
    are in the objects, saved or not.
    """
    # Fills in what the objects lack, in one query, and leaves the others alone.
    prefetch_related_objects(books, "genres")
    return [label(book) for book in books]


def label(book: Book) -> str:
    names = ", ".join(genre_names(book))
    return f"{book.title} ({names})" if names else book.title


def genre_names(book: Book) -> list[str]:
    """The names of a book's genres, in their order."""
    # all() reads what was prefetched, order_by() asks again. Sorting a handful in Python costs nothing.
    return sorted(genre.name for genre in book.genres.all())
