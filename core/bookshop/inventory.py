"""What is in the shop: its tables in order, how many rows they hold, filling and emptying them."""

from dataclasses import astuple, dataclass

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from core.bookshop.models import (
    Author,
    Book,
    Copy,
    Customer,
    Genre,
    Loan,
    Order,
    OrderLine,
    Publisher,
    Review,
)
from core.errors import KataError
from core.state import ROOT

FIXTURE = ROOT / "fixtures" / "bookshop.json"

# Referenced tables first: insert in this order, delete in the reverse.
TABLES: dict[str, type[models.Model]] = {
    "authors": Author,
    "publishers": Publisher,
    "genres": Genre,
    "books": Book,
    "copies": Copy,
    "customers": Customer,
    "orders": Order,
    "lines": OrderLine,
    "reviews": Review,
    "loans": Loan,
}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows by table; the links between books and genres are not counted."""

    authors: int
    publishers: int
    genres: int
    books: int
    copies: int
    customers: int
    orders: int
    lines: int
    reviews: int
    loans: int

    @property
    def total(self) -> int:
        return sum(astuple(self))


def require_tables(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Raise KataError where the shop has no tables yet."""
    there = connections[using].introspection.table_names()
    if any(model._meta.db_table not in there for model in TABLES.values()):
        raise KataError(
            "The bookshop has no tables in this database.",
            hint="Run `python manage.py migrate`.",
        )


def count_rows(*, using: str = DEFAULT_DB_ALIAS) -> Counts:
    return Counts(
        **{name: model._default_manager.using(using).count() for name, model in TABLES.items()}
    )


def load_fixture(*, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Load the shop that comes with the workspace; False where there are books already.

    Its rows bring their own keys, so it goes into an empty shop or not at all.
    """
    rows = count_rows(using=using)
    if rows.books:
        return False
    if rows.total:
        raise KataError(
            "The bookshop has other rows but no books; loading would overwrite them.",
            hint="Run `python manage.py bookshop clear`, then `python manage.py bookshop load`.",
        )
    call_command("loaddata", str(FIXTURE), database=using, verbosity=0)
    return True


def clear(*, using: str = DEFAULT_DB_ALIAS) -> Counts:
    """Delete every row of the shop, all or none, and return how many there were."""
    connection = connections[using]
    quote = connection.ops.quote_name
    deleted: dict[str, int] = {}
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quote(Book.genres.through._meta.db_table)}")  # noqa: S608
        for name, model in reversed(TABLES.items()):
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608
            deleted[name] = cursor.rowcount
    return Counts(**deleted)
