"""A primary and its replica, both SQLite: the copy is made when it is asked for, and cannot be written."""

import sqlite3
from contextlib import closing, contextmanager

import pytest
from django.db import connections
from django.test import override_settings

from core.bookshop.models import Author, Book, Customer, Genre, Publisher
from core.judge import rng
from core.judge.queries import recorded

random = rng("shop")


def raw(alias):
    connections[alias].ensure_connection()
    return connections[alias].connection


def writable(yes):
    """Whether the replica takes writes of its own: it does not, as the replicas of a server do not."""
    raw("replica").execute(f"PRAGMA query_only = {'OFF' if yes else 'ON'}")


def replicate():
    """Bring the replica up to date: all tables, all rows."""
    writable(True)
    raw("default").backup(raw("replica"))
    writable(False)


_first = sqlite3.connect(":memory:")  # the primary as it was before the first case


def begin():
    """Have the primary as it was before the first case."""
    if not _first.execute("SELECT * FROM sqlite_master").fetchone():
        raw("default").backup(_first)
    _first.backup(raw("default"))


def empty(alias):
    """Take all tables out of a database."""
    with closing(sqlite3.connect(":memory:")) as nothing:
        nothing.backup(raw(alias))


@contextmanager
def without_tables(alias):
    """A database as it is before its first migration; as it was when the block has ended."""
    with closing(sqlite3.connect(":memory:")) as before:
        raw(alias).backup(before)
        writable(True)
        empty(alias)
        try:
            yield
        finally:
            before.backup(raw(alias))


def tables(alias):
    """The tables that are there."""
    return connections[alias].introspection.table_names()


@pytest.mark.django_db(databases=["default", "replica"])  # of a SimpleTestCase, pytest asks this
class Shop:
    """A book, its author, a genre and a customer, which the replica has; what comes later it has not.

    For a SimpleTestCase: each case begins with a copy of the empty tables, and no transaction is open.
    """

    databases = {"default", "replica"}
    router = f"{__package__}.routers.ReplicaRouter"
    austen, emma, novel, ada = random.sample(range(1, 1000), 4)  # primary keys

    def setUp(self):
        begin()
        self.fill("default")
        replicate()
        self.addCleanup(writable, True)
        self.enterContext(override_settings(DATABASE_ROUTERS=[self.router]))

    def fill(self, using):
        about = {"author_id": self.austen, "publisher_id": 1, "year": 1815, "price": 9, "stock": 5}
        rows = [
            Author(pk=self.austen, name="Jane Austen", country="England"),
            Publisher(pk=1, name="Press", city="London"),
            Book(pk=self.emma, title="Emma", isbn="1", **about),
            Genre(pk=self.novel, name="Novel"),
            Customer(pk=self.ada, name="Ada", email="ada@example.com"),
        ]
        for row in rows:
            row.save(using=using, force_insert=True)


def asked(do):
    """What a call gives, or the error that it raises, and the databases that it asks, in order."""
    with recorded() as ledger:
        try:
            got = do()
        except Exception as error:  # noqa: BLE001 - the router is the learner's, and may raise anything
            got = f"{type(error).__name__}: {error}"
    return got, [sent.alias for sent in ledger if sent.counted]
