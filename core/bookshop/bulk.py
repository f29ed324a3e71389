"""Writing many rows with few statements.

`bulk_create` builds a model object for each row and, on SQLite, sends a statement for every two
hundred order lines. Here a row is a tuple and a chunk of rows is one statement: several times
faster, and few rows or many cost the same number of statements up to the size of a chunk.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connections, models

# A value for each column of a model, in the order of its fields, the key first.
Row = tuple[Any, ...]

# Rows that are in memory at once.
CHUNK = 10_000


def insert(
    model: type[models.Model],
    rows: Iterable[Row],
    *,
    using: str,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Insert `rows` and return how many; after each chunk `progress` hears how many it had."""
    connection = connections[using]
    sql = insert_sql(model, using=using)
    prepare = preparers(model, using=using)
    written = 0
    for chunk in chunks(rows):
        for column, prepared in prepare:
            for row in chunk:
                row[column] = prepared(row[column])
        with connection.cursor() as cursor:
            cursor.executemany(sql, chunk)
        written += len(chunk)
        if progress:
            progress(len(chunk))
    return written


def insert_sql(model: type[models.Model], *, using: str) -> str:
    quote = connections[using].ops.quote_name
    columns = [quote(field.column) for field in model._meta.concrete_fields if field.column]
    places = ", ".join(["%s"] * len(columns))
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names


def preparers(model: type[models.Model], *, using: str) -> list[tuple[int, Callable[[Any], Any]]]:
    """The columns whose values the database wants in a form of its own, and what gives it."""
    connection = connections[using]
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, field in enumerate(model._meta.concrete_fields):
        prepare = partial(field.get_db_prep_save, connection=connection)
        if isinstance(field, models.DecimalField):
            # A million order lines have a few dozen prices between them.
            found.append((place, lru_cache(maxsize=1_000)(prepare)))
        elif isinstance(field, models.DateField):
            found.append((place, prepare))
    return found


def chunks(rows: Iterable[Row]) -> Iterator[list[list[Any]]]:
    iterator = map(list, rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def last_pk(model: type[models.Model], *, using: str) -> int:
    """The highest primary key in the table, 0 where there is none."""
    quote = connections[using].ops.quote_name
    key, table = quote(str(model._meta.pk.column)), quote(model._meta.db_table)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT MAX({key}) FROM {table}")  # noqa: S608 - names
        return int(cursor.fetchone()[0] or 0)


def reset_sequences(tables: Iterable[type[models.Model]], *, using: str) -> None:
    """Let the next row that is saved without a key follow the keys given here (PostgreSQL)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)
