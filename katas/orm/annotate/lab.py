"""What the demo and the lab show of this kata: the lists, by the sum of one of their columns."""

from core.bookshop.generator import generate

from . import exercise

sizes = (10, 40, 160, 640)


def populate(size: int) -> None:
    """A shop with `size` books: a fifth as many authors, three reviews and ten order lines a book."""
    generate(books=size)


calls = {
    "books in book_counts()": lambda: sum(books for _, books in exercise.book_counts()),
    "books in ratings()": lambda: sum(books for _, books, _, _ in exercise.ratings()),
    "books in of_genre('Gothic', 1)": lambda: sum(n for _, n in exercise.of_genre("Gothic", 1)),
    "copies in sales()": lambda: sum(sold or 0 for _, sold, _ in exercise.sales()),
}
