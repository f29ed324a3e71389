"""What the demo and the lab show of this kata."""

from core.bookshop.generator import generate
from core.bookshop.models import Book

from . import exercise

sizes = (10, 40, 160, 640)


def populate(size: int) -> None:
    """A shop with `size` books, each in one to three genres."""
    generate(books=size)


def said(books: list[Book]) -> str:
    return f"{len(set(books))} in {len(books)} rows"


GENRES = ["Crime", "Gothic", "Satire"]
FORM = {"genres": GENRES, "lowest": None, "highest": None, "in_stock": None}
ANY = ["or", *(["genres__name", name] for name in GENRES)]
BOTH = ["and", ["genres__name", "Crime"], ["genres__name", "Gothic"]]

calls = {
    "search('the')": lambda: said(list(exercise.search("the"))),
    "advanced(three genres)": lambda: said(list(exercise.advanced(FORM))),
    "advanced(nothing)": lambda: said(list(exercise.advanced(FORM | {"genres": []}))),
    "saved(one of three)": lambda: said(list(exercise.saved(ANY))),
    "saved(two at once)": lambda: said(list(exercise.saved(BOTH))),
    "saved(['or'])": lambda: said(list(exercise.saved(["or"]))),
}
