"""Four lists of authors. The first is right and slow; the others are quick, and their numbers wrong."""

from django.db.models import Avg, Count, Sum

from core.bookshop.models import Author


def book_counts() -> list[tuple[str, int]]:
    """(name, books) of every author, those with the most books first, equal numbers by name.

    An author without books has 0. Two authors may have the same name.
    """
    rows = [(author.name, author.books.count()) for author in Author.objects.order_by("name")]
    return sorted(rows, key=lambda row: row[1], reverse=True)


def ratings() -> list[tuple[str, int, int, float | None]]:
    """(name, books, reviews, average) of every author, the lowest average first.

    The average is that of the stars of all reviews, and each review weighs the same. It is None where
    there is no review, and these authors come last. Equal averages are in the order of the name, equal
    names with the higher primary key first.
    """
    authors = Author.objects.annotate(
        book_count=Count("books"),
        review_count=Count("books__reviews"),
        average=Avg("books__reviews__stars"),
    )
    rows = authors.order_by("average", "name", "-pk")
    return list(rows.values_list("name", "book_count", "review_count", "average"))


def of_genre(genre: str, at_least: int) -> list[tuple[str, int]]:
    """(name, books of that genre) of the authors who have `at_least` of them, or more.

    The most books first, equal numbers by name. The genre is given by its name; genres below it do not
    count. `at_least` is 1 or more.
    """
    authors = Author.objects.annotate(book_count=Count("books"))
    rows = authors.filter(books__genres__name=genre, book_count__gte=at_least)
    return list(rows.order_by("-book_count", "name").values_list("name", "book_count"))


def sales() -> list[tuple[str, int, float | None]]:
    """(name, copies sold, average) of every author, in the order of the name.

    Sold is the sum of the quantities of all order lines, 0 where there is none; the average is the one
    of `ratings()`. Equal names come with the higher primary key first.
    """
    authors = Author.objects.annotate(
        sold=Sum("books__order_lines__quantity"), average=Avg("books__reviews__stars")
    )
    return list(authors.order_by("name", "-pk").values_list("name", "sold", "average"))
