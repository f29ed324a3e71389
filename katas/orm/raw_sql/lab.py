"""What the demo and the lab show of this kata."""

from core.bookshop.generator import generate
from core.bookshop.models import Book, Genre

from . import exercise

sizes = (8, 32, 128, 512)


def populate(size: int) -> None:
    """A shop with `size` books, and as many genres below "Local", in levels of eight."""
    generate(books=size)
    level = [Genre.objects.create(name="Local")]
    for start in range(0, size, 8):
        names = range(start, start + 8)
        level = Genre.objects.bulk_create(
            Genre(name=f"Shelf {n}", parent=level[n % len(level)]) for n in names
        )
    for genre, book in zip(level, Book.objects.order_by("pk"), strict=False):
        book.genres.add(genre)


calls = {
    "rows of search('the', 'year')": lambda: len(exercise.search("the", "year")),
    "rows of tree('Local')": lambda: len(exercise.tree("Local")),
    "authors of books_below('Local')": lambda: len(
        {book.author_name for book in exercise.books_below("Local")}
    ),
}
