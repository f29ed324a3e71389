from contextlib import suppress

import pytest
from django.core.management import call_command
from django.db import router
from django.test import SimpleTestCase
from parameterized import parameterized

from core.bookshop.models import Author, Book
from core.judge import expect

from . import routers
from .elsewhere import in_another_task, in_another_thread
from .pages import OWN_WRITES, READS, RELATE, WRITES
from .replication import Shop, asked, replicate, tables, without_tables

IS_READ = "What is only read is read from the replica: the primary has enough to do."
IS_WRITTEN = "All is written to the primary, wherever it was read: a replica takes no writes."


@pytest.mark.task(1)
class ReadAndWrite(Shop, SimpleTestCase):
    @parameterized.expand(READS)
    def test_read(self, case, call, do):
        expect(f"databases that {call} asks", set(asked(do)[1]), {"replica"}, IS_READ)

    @parameterized.expand(WRITES)
    def test_write(self, case, call, do):
        got, databases = asked(do)
        failed = got if isinstance(got, str) else ""
        call = f"the last database that {call} asks"
        expect(call, failed or databases[-1], "default", IS_WRITTEN)

    def test_what_is_written_comes_to_the_replica(self):
        book = Book.objects.get()
        book.title = "Emma, revised"
        asked(book.save)
        replicate()
        got = Book.objects.using("replica").get().title
        because = "What the replica shows is what the primary has been told, a moment later."
        expect("title in the replica, saved and then replicated", got, "Emma, revised", because)


SAME = "A book of the replica and an author of the primary are of one shop: they may be related."
FOREIGN = "Of another database this router knows nothing: None leaves that to Django."


@pytest.mark.task(2)
class Relations(Shop, SimpleTestCase):
    @parameterized.expand(RELATE)
    def test_relate(self, case, call, do):
        expect(call, asked(do)[0], None, SAME)

    @parameterized.expand([("primary", "default"), ("replica", "replica"), ("archive", "archive")])
    def test_another_database(self, case, alias):
        here, there = Author(name="A"), Author(name="B")
        here._state.db, there._state.db = alias, "archive"
        for pair in ((here, there), (there, here)):
            names = " and ".join(each._state.db for each in pair)
            got, _ = asked(lambda pair=pair: router.allow_relation(*pair))
            call = f"router.allow_relation(), of authors of {names}, as Django asks it"
            expect(call, got, alias == "archive", FOREIGN)


ONE_WAY = "The replica's tables come by replication, as its rows do: migrate the primary alone."
ALL = "The primary has all tables, those of the shop and those of Django."


@pytest.mark.task(3)
class Migrations(Shop, SimpleTestCase):
    def migrated(self, alias):
        with without_tables(alias):
            asked(lambda: call_command("migrate", database=alias, run_syncdb=True, verbosity=0))
            return tables(alias)

    def test_replica(self):
        call = "tables after `manage.py migrate --database replica --run-syncdb`"
        expect(call, self.migrated("replica"), [], ONE_WAY)

    def test_primary(self):
        call = "tables after `manage.py migrate --run-syncdb`"
        expect(call, self.migrated("default"), tables("default"), ALL)

    def test_another_database(self):
        got, _ = asked(lambda: router.allow_migrate("archive", "bookshop"))
        expect("router.allow_migrate('archive', 'bookshop')", got, True, FOREIGN)


OWN = "It was written just now, and the replica does not know: read what hangs on it where it is."
UNASKED = "What hangs on a book of the replica is read there: the primary has enough to do."
INSIDE = "Within primary() all is read from the primary."
AFTER = "Behind the block, the replica is read again."
NESTED = "The end of an inner block is not the end of the outer one."
FAILED = "A block that ends with an exception has ended: the replica is read again."
THREAD = "Another thread is another request, and did not ask for the primary."
TASK = "Two tasks of asyncio share a thread, and not what one of them asked for."


def where():
    return router.db_for_read(Book)


@pytest.mark.task(4)
class OwnWrites(Shop, SimpleTestCase):
    def setUp(self):
        super().setUp()
        Author.objects.using("default").update(name="J. Austen")

    @parameterized.expand(OWN_WRITES)
    def test_own(self, case, call, do, expected):
        expect(call, asked(do)[0], expected, OWN)

    def test_of_the_replica(self):
        book = Book.objects.using("replica").get()
        call = "databases that book.author asks; a book of the replica"
        expect(call, asked(lambda: book.author)[1], ["replica"], UNASKED)

    def test_block(self):
        with routers.primary():
            got, databases = asked(lambda: Author.objects.get().name)
        call = "Author.objects.get().name, which has changed just now, within primary()"
        expect(f"{call}, and databases asked", (got, databases), ("J. Austen", ["default"]), INSIDE)
        expect("db_for_read(Book) after the block", where(), "replica", AFTER)
        book = Book.objects.using("replica").get()
        with routers.primary():
            got, databases = asked(lambda: book.author.name)
        call = "book.author.name within primary(); a book of the replica"
        expect(f"{call}, and databases asked", (got, databases), ("J. Austen", ["default"]), INSIDE)

    def test_nested(self):
        with routers.primary():
            with routers.primary():
                inner = where()
            outer = where()
        call = "db_for_read(Book) in an inner primary(), after it in the outer one, after both"
        expect(call, (inner, outer, where()), ("default", "default", "replica"), NESTED)

    def test_exception(self):
        with suppress(KeyError), routers.primary():
            raise KeyError
        expect("db_for_read(Book) after a primary() that raised", where(), "replica", FAILED)

    @parameterized.expand([("thread", in_another_thread, THREAD), ("task", in_another_task, TASK)])
    def test_another(self, case, seen, because):
        call = f"db_for_read(Book) in a {case}, while another one is within primary()"
        expect(call, seen(routers.primary, where), "replica", because)
