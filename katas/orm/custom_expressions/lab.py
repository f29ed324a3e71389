"""What the demo and the lab show of this kata, on SQLite: two catalogues, by their rows."""

from django.db.models import Min

from core.bookshop.generator import generate

from . import exercise

sizes = (10, 40, 160, 640)


def populate(size: int) -> None:
    """A shop with `size` books, and a fifth as many authors."""
    generate(books=size)


calls = {
    "rows of catalogue, oldest book": lambda: len(exercise.catalogue("oldest", Min("books__year"))),
    "rows of catalogue, all titles": lambda: len(
        exercise.catalogue("titles", exercise.Joined("books__title"))
    ),
}
