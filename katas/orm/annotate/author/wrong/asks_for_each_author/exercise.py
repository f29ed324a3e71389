"""Four lists of authors, with numbers that the database works out in one query a branch."""

from django.db.models import Avg, Count, Sum

from core.bookshop.models import Author, OrderLine, Review


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
    rows = []
    for author in Author.objects.order_by("name", "-pk"):
        reviews = Review.objects.filter(book__author=author)
        average = reviews.aggregate(average=Avg("stars"))["average"]
        rows.append((author.name, author.books.count(), reviews.count(), average))
    return sorted(rows, key=lambda row: (row[3] is None, row[3] or 0))


def of_genre(genre: str, at_least: int) -> list[tuple[str, int]]:
    """(name, books of that genre) of the authors who have `at_least` of them, or more.

    The most books first, equal numbers by name. The genre is given by its name; genres below it do not
    count. `at_least` is 1 or more.
    """
    rows = []
    for author in Author.objects.order_by("name"):
        number = author.books.filter(genres__name=genre).count()
        if number >= at_least:
            rows.append((author.name, number))
    return sorted(rows, key=lambda row: row[1], reverse=True)


def sales() -> list[tuple[str, int, float | None]]:
    """(name, copies sold, average) of every author, in the order of the name.

    Sold is the sum of the quantities of all order lines, 0 where there is none; the average is the one
    of `ratings()`. Equal names come with the higher primary key first.
    """
    rows = []
    for author in Author.objects.order_by("name", "-pk"):
        lines = OrderLine.objects.filter(book__author=author)
        reviews = Review.objects.filter(book__author=author)
        sold = lines.aggregate(sold=Sum("quantity", default=0))["sold"]
        rows.append((author.name, sold, reviews.aggregate(average=Avg("stars"))["average"]))
    return rows
