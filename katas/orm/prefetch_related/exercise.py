"""Lists of authors with their books and genres. Each is right; two of them prefetch, and ask anew."""

from decimal import Decimal

from core.bookshop.models import Author, Book


def catalogue() -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """(author, books) of every author by name, a book being (title, genres), by title; genres by name.

    Equal names, and equal titles of one author, come with the higher primary key first.
    """
    return [
        (
            author.name,
            [(book.title, genre_names(book)) for book in author.books.order_by("title", "-pk")],
        )
        for author in Author.objects.order_by("name", "-pk")
    ]


def on_offer(highest: Decimal) -> list[tuple[str, list[str]]]:
    """(author, titles) of every author, with the books in stock that cost `highest` at most.

    In the order of `catalogue()`. An author without such a book stays in the list.
    """
    rows = []
    for author in Author.objects.order_by("name", "-pk").prefetch_related("books"):
        offers = author.books.filter(stock__gt=0, price__lte=highest)
        rows.append((author.name, [book.title for book in offers.order_by("title", "-pk")]))
    return rows


def latest(number: int) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """(author, books) as in `catalogue()`, but only the `number` latest books of each author.

    The latest year comes first, within a year the higher primary key. `number` is 1 or more.
    """
    rows = []
    for author in Author.objects.order_by("name", "-pk").prefetch_related("books__genres"):
        books = author.books.order_by("-year", "-pk")[:number]
        rows.append((author.name, [(book.title, genre_names(book)) for book in books]))
    return rows


def labels(books: list[Book]) -> list[str]:
    """ "Title (Genre, Genre)" for each of these books, in their order; the title alone without genres.

    Somebody else has found the books, and some may carry their genres already. Their titles are as they
    are in the objects, saved or not.
    """
    return [label(book) for book in books]


def label(book: Book) -> str:
    names = ", ".join(genre_names(book))
    return f"{book.title} ({names})" if names else book.title


def genre_names(book: Book) -> list[str]:
    """The names of a book's genres, in their order."""
    return [genre.name for genre in book.genres.order_by("name")]
