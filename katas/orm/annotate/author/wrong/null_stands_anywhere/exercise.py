"""Four lists of authors, with numbers that the database works out in one query a branch."""

from django.db.models import Avg, Count, Sum

from core.bookshop.models import Author, OrderLine


def book_counts() -> list[tuple[str, int]]:
    """(name, books) of every author, those with the most books first, equal numbers by name.

    An author without books has 0. Two authors may have the same name.
    """
    # values_list() after annotate() only chooses columns; before it, it would group by the name.
    authors = Author.objects.annotate(book_count=Count("books"))
    return list(authors.order_by("-book_count", "name").values_list("name", "book_count"))


def ratings() -> list[tuple[str, int, int, float | None]]:
    """(name, books, reviews, average) of every author, the lowest average first.

    The average is that of the stars of all reviews, and each review weighs the same. It is None where
    there is no review, and these authors come last. Equal averages are in the order of the name, equal
    names with the higher primary key first.
    """
    authors = Author.objects.annotate(
        # The join has a row a review, so a book stands in it once a review: count each once. Reviews
        # stand in it once, and equal stars of two of them are both to be averaged: not distinct.
        book_count=Count("books", distinct=True),
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
    # Before annotate(): WHERE, which rows are counted. After it: HAVING, which groups are kept.
    authors = Author.objects.filter(books__genres__name=genre).annotate(book_count=Count("books"))
    rows = authors.filter(book_count__gte=at_least)
    return list(rows.order_by("-book_count", "name").values_list("name", "book_count"))


def sales() -> list[tuple[str, int, float | None]]:
    """(name, copies sold, average) of every author, in the order of the name.

    Sold is the sum of the quantities of all order lines, 0 where there is none; the average is the one
    of `ratings()`. Equal names come with the higher primary key first.
    """
    # Lines and reviews are two branches: joined, each line would be there once a review of its book.
    # For a sum there is no cure like distinct, so each branch gets a query of its own. Here the values
    # come before annotate() and say what to group by: one row an author who has sold.
    copies = dict(OrderLine.objects.values_list("book__author").annotate(Sum("quantity")))
    authors = Author.objects.annotate(average=Avg("books__reviews__stars"))
    return [
        (author.name, copies.get(author.pk, 0), author.average)
        for author in authors.order_by("name", "-pk")
    ]
