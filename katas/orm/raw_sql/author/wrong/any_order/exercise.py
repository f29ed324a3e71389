"""SQL that Django does not write: a search, a tree, and the books of a tree."""

from django.db import connection

from core.bookshop.models import Book

# A name of a column cannot be a parameter, so it comes from here and from nowhere else.
ORDERS = {"title": "title", "year": "year", "price": "price"}

# The genre of that name, then those whose parent is in what was found last, until nothing is new.
# Without the cast, PostgreSQL refuses: name is varchar(100), and a longer path would not be one.
BELOW = """
    WITH RECURSIVE below (id, depth, path) AS (
        SELECT id, 0, CAST(name AS text) FROM bookshop_genre WHERE name = %s
        UNION ALL
        SELECT genre.id, below.depth + 1, below.path || ' / ' || genre.name
        FROM bookshop_genre AS genre JOIN below ON genre.parent_id = below.id
    )
"""


def search(text: str, order: str) -> list[tuple[str, int]]:
    """(title, year) of the books with `text` in their title, capital or small letters alike.

    Each sign of `text` stands for itself. `order` is "title", "year" or "price", and anything else is
    refused by ValueError; equal values come with the higher primary key first.
    """
    # A parameter keeps the text out of the SQL. What LIKE itself reads in it is another matter.
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    with connection.cursor() as cursor:
        # Both sides in small letters: LIKE tells them apart on PostgreSQL, and not on SQLite. Where
        # no escape is named, SQLite knows none.
        cursor.execute(
            rf"""
            SELECT title, year FROM bookshop_book
            WHERE LOWER(title) LIKE LOWER(%s) ESCAPE '\'
            ORDER BY {order}, id DESC
            """,
            [f"%{text}%"],
        )
        return cursor.fetchall()


def tree(name: str) -> list[tuple[int, str]]:
    """(depth, path) of the genre of that name, with depth 0, and of all below it, however deep.

    A path is like "Fiction / Novel / Gothic", from that genre down. Level by level, and in each level
    in the order of the path. No genre is below itself. Without such a genre there are no rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{BELOW} SELECT depth, path FROM below ORDER BY depth, path", [name])
        return cursor.fetchall()


def books_below(name: str) -> list[Book]:
    """The books of the genre of that name or of one below it, each once, with their `author_name`.

    In the order of the title, equal titles with the higher primary key first. All fields of a book
    are there, and so is the name of its author: whoever shows them asks nothing more.
    """
    # All columns: a field that raw() does not find is asked for later, once a book. IN, not a join:
    # a book of two of the genres would be there twice. What is no field becomes an attribute.
    books = Book.objects.raw(
        f"""
        {BELOW}
        SELECT book.*, author.name AS author_name
        FROM bookshop_book AS book JOIN bookshop_author AS author ON author.id = book.author_id
        WHERE book.id IN (
            SELECT book_id FROM bookshop_book_genres WHERE genre_id IN (SELECT id FROM below)
        )
        ORDER BY book.title, book.id DESC
        """,
        [name],
    )
    return list(books)
