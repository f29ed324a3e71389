"""A shop of any size, the same for the same seed.

Some books sell by the hundred and most hardly at all, some customers never order, some authors have
no book: rankings have a top, and a query that loses the empty ones is found out.
"""

from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, transaction

from core.bookshop import bulk, words
from core.bookshop.inventory import TABLES, Counts
from core.bookshop.models import Book, Genre
from core.bookshop.rows import Shop
from core.errors import KataError

MOST_BOOKS = 5_000_000


def generate(
    *,
    books: int,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Counts:
    """Add a shop of this many books to what is there; return how many rows each table gained.

    The same size and seed give the same rows whatever the tables hold. Only what must be unique
    moves: primary keys go on from the highest there is, and ISBNs and e-mail addresses with them.
    Genres that are there already, by name, are used again.

    One transaction, so that an interrupt leaves nothing behind. `progress` hears of each chunk how
    many rows it had; `plan` tells the sum. A hundred thousand books are two million rows.
    """
    if not 1 <= books <= MOST_BOOKS:
        raise KataError(
            f"A shop cannot have {books:,} books: give a number from 1 to {MOST_BOOKS:,}.",
            hint="Run `python manage.py bookshop --books 1000`.",
        )
    with transaction.atomic(using=using):
        sizes = plan(books)
        genres, new_genres = plant_genres(using)
        shop = Shop(
            sizes=sizes,
            seed=seed,
            first={name: bulk.last_pk(model, using=using) + 1 for name, model in TABLES.items()},
            genres=genres,
        )
        made = {"genres": new_genres}
        for name, rows in shop.tables().items():
            made[name] = bulk.insert(TABLES[name], rows, using=using, progress=progress)
        links = Book.genres.through
        bulk.insert(links, shop.links(bulk.last_pk(links, using=using) + 1), using=using)
        bulk.reset_sequences([*TABLES.values(), links], using=using)
    return Counts(**made)


def plan(books: int) -> Counts:
    """How many rows `generate` writes: exactly, but for lines of fewer than 8 books and for genres
    that are there already."""
    return Counts(
        authors=max(1, books // 5),
        publishers=min(max(3, books // 50), 200),
        genres=len(words.GENRES),
        books=books,
        copies=books,
        customers=max(1, books // 2),
        orders=3 * books,
        lines=10 * books,
        reviews=3 * books,
        loans=max(1, books // 2),
    )


def plant_genres(using: str) -> tuple[dict[str, int], int]:
    """Make the genres of the tree that are missing; return all keys, and how many are new."""
    keys = dict(Genre.objects.using(using).values_list("name", "pk"))
    missing = [name for name in words.GENRES if name not in keys]
    first = bulk.last_pk(Genre, using=using) + 1
    keys.update({name: first + place for place, name in enumerate(missing)})
    rows = [(keys[name], name, keys.get(words.GENRES[name] or "")) for name in missing]
    bulk.insert(Genre, rows, using=using)
    return {name: keys[name] for name in words.GENRES}, len(missing)
