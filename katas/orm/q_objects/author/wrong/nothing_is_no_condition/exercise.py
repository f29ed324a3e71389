"""The advanced search: conditions are objects, put together before the database is asked once."""

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet

from core.bookshop.models import Book

# Q() is no condition, whatever stands before it: ~Q() finds every book, and so does an empty "or".
NONE = Q()
EVERY = ~NONE


def search(text: str) -> QuerySet[Book]:
    """The books in which each word of the text stands somewhere: in the title, or in the name of the
    author or of the publisher, as a part of it too, in capital or small letters.

    A text without a word finds every book. In the order of the title, equal titles with the higher
    primary key first.
    """
    found = Q()
    for word in text.split():
        # Within a word "or", between the words "and": each may stand in another place.
        person = Q(author__name__icontains=word) | Q(publisher__name__icontains=word)
        found &= Q(title__icontains=word) | person
    return Book.objects.filter(found).order_by("title", "-pk")


def advanced(form: Mapping[str, Any]) -> QuerySet[Book]:
    """The books that fit whatever is filled in of a form, each once, in the order of `search()`.

    "genres" holds names: a book is of one of them, or of several; an empty list is not filled in.
    "lowest" and "highest" are prices, both included, and "in_stock" is True for books in stock, False
    for those sold out. None is not filled in; 0 and False are.
    """
    wanted = Q()
    if form["genres"]:
        # A subquery asks whether there is such a genre; a join has a row for each that there is.
        wanted &= Q(pk__in=Book.objects.filter(genres__name__in=form["genres"]))
    if form["lowest"] is not None:
        wanted &= Q(price__gte=form["lowest"])
    if form["highest"] is not None:
        wanted &= Q(price__lte=form["highest"])
    if form["in_stock"] is not None:
        wanted &= Q(stock__gt=0) if form["in_stock"] else Q(stock=0)
    return Book.objects.filter(wanted).order_by("title", "-pk")


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
    if name == "and":
        return reduce(and_, map(condition, parts), EVERY)
    if name == "or":
        return reduce(or_, map(condition, parts), NONE)
    # A set of books, whatever was joined to find it: two rules of one relation can both hold, none
    # doubles a row, and "not" is the rest, unknown values included.
    return Q(pk__in=Book.objects.filter(**{name: parts[0]}))
