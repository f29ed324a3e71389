"""The advanced search, as it was when a customer filled in one field at a time."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from core.bookshop.models import Book


def search(text: str) -> QuerySet[Book]:
    """The books in which each word of the text stands somewhere: in the title, or in the name of the
    author or of the publisher, as a part of it too, in capital or small letters.

    A text without a word finds every book. In the order of the title, equal titles with the higher
    primary key first.
    """
    books = Book.objects.filter(title__icontains=text, author__name__icontains=text)
    return books.filter(publisher__name__icontains=text).order_by("title", "-pk")


def advanced(form: Mapping[str, Any]) -> QuerySet[Book]:
    """The books that fit whatever is filled in of a form, each once, in the order of `search()`.

    "genres" holds names: a book is of one of them, or of several; an empty list is not filled in.
    "lowest" and "highest" are prices, both included, and "in_stock" is True for books in stock, False
    for those sold out. None is not filled in; 0 and False are.
    """
    books = Book.objects.filter(genres__name__in=form["genres"])
    if form["lowest"]:
        books = books.filter(price__gte=form["lowest"])
    if form["highest"]:
        books = books.filter(price__lte=form["highest"])
    if form["in_stock"]:
        books = books.filter(stock__gt=0)
    return books.order_by("title", "-pk")


def saved(rule: list[Any]) -> QuerySet[Book]:
    """The books that a saved rule finds, each once, in the order of `search()`.

    A rule is a lookup and its value, such as ["price__lt", 10], or one of ["and", rule, …], what all of
    its rules find, ["or", rule, …], what any of them finds, and ["not", rule], all other books. "and"
    of no rules finds every book, "or" of no rules finds none.
    """
    return Book.objects.filter(condition(rule)).order_by("title", "-pk")


def condition(rule: list[Any]) -> Q:
    name, *parts = rule
    if name == "not":
        return ~condition(parts[0])
    if name not in ("and", "or"):
        return Q(**{name: parts[0]})
    found = Q()
    for part in parts:
        found = found & condition(part) if name == "and" else found | condition(part)
    return found
