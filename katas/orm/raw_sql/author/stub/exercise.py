"""SQL that Django does not write: a search that trusts, and a tree that asks for every branch."""

from django.db import connection

from core.bookshop.models import Book, Genre


def search(text: str, order: str) -> list[tuple[str, int]]:
    """(title, year) of the books with `text` in their title, capital or small letters alike.

    Each sign of `text` stands for itself. `order` is "title", "year" or "price", and anything else is
    refused by ValueError; equal values come with the higher primary key first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT title, year FROM bookshop_book WHERE title LIKE '%{text}%'"
            f" ORDER BY {order}, id DESC"
        )
        return cursor.fetchall()


def tree(name: str) -> list[tuple[int, str]]:
    """(depth, path) of the genre of that name, with depth 0, and of all below it, however deep.

    A path is like "Fiction / Novel / Gothic", from that genre down. Level by level, and in each level
    in the order of the path. No genre is below itself. Without such a genre there are no rows.
    """
    rows = [(0, genre.name, genre) for genre in Genre.objects.filter(name=name)]
    for depth, path, genre in rows:
        for child in genre.children.all():
            rows.append((depth + 1, f"{path} / {child.name}", child))
    return sorted((depth, path) for depth, path, _ in rows)


def books_below(name: str) -> list[Book]:
    """The books of the genre of that name or of one below it, each once, with their `author_name`.

    In the order of the title, equal titles with the higher primary key first. All fields of a book
    are there, and so is the name of its author: whoever shows them asks nothing more.
    """
    names = "', '".join(path.split(" / ")[-1] for _, path in tree(name))
    books = Book.objects.raw(
        f"""
        SELECT DISTINCT book.id, book.title FROM bookshop_book AS book
        JOIN bookshop_book_genres AS link ON link.book_id = book.id
        JOIN bookshop_genre AS genre ON genre.id = link.genre_id
        WHERE genre.name IN ('{names}') ORDER BY book.title, book.id DESC
        """
    )
    for book in books:
        book.author_name = book.author.name
    return list(books)
