"""Shares of PostgreSQL: a database and a role of its own each, here and on somebody else's server."""

import os
import signal

import psycopg
import pytest
from psycopg.errors import DuplicateTable

from core.needs.cluster import SUPERUSER
from core.needs.lease import Unavailable, lease
from core.needs.urls import socket_url
from tests.conftest import wait_for
from tests.needs.conftest import command

APPS = {"apps": ("core.bookshop",)}


@pytest.fixture
def share(ground):
    """Lease a share that ends with the test: its URL and the lease."""
    held = []

    def take(**wish):
        held.append(lease("postgres", **{"apps": None, **wish}))
        return held[-1]

    yield take
    for each in held:
        each.close()


def url(held):
    return held.environment["POSTGRES_URL"]


def rows(url, statement):
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def test_role_is_an_ordinary_one(share):
    found = rows(
        url(share()),
        "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user",
    )
    assert found == [(False, False, False)]


def test_one_holder_cannot_see_the_database_of_another(share):
    mine, other = share(), share()
    role = url(mine).partition("//")[2].partition("@")[0]
    their_role = url(other).partition("//")[2].partition("@")[0]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(url(other).replace(f"//{their_role}@", f"//{role}@"))


def test_holder_may_make_what_a_kata_needs(share):
    with psycopg.connect(url(share())) as connection:
        for name in ("pg_trgm", "unaccent", "hstore", "btree_gin"):
            connection.execute(f"CREATE EXTENSION {name}")
        connection.execute("CREATE SCHEMA own")
        connection.execute("CREATE TABLE own.thing (name text)")
        assert connection.execute("SELECT lower('ÉCLAIR')").fetchone() == ("éclair",)


def test_template_is_made_once_and_only_if_asked(share):
    without = share(**APPS, make=False)
    assert (without.prepared, tables(url(without))) == (False, set())
    made = share(**APPS, make=True)
    again = share(**APPS, make=False)
    assert (made.prepared, again.prepared) == (True, True)
    assert {"auth_user", "django_content_type", "bookshop_book"} <= tables(url(again))
    assert tables(url(made)) == tables(url(again))


def tables(url):
    return {
        name for (name,) in rows(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }


def test_template_with_an_app_that_is_none_is_left_to_the_run(share):
    held = share(apps=("no.such.app",), make=True)
    assert (held.prepared, tables(url(held))) == (False, set())


def test_template_tables_are_the_holders_own(share):
    with psycopg.connect(url(share(**APPS, make=True))) as connection:
        connection.execute("TRUNCATE auth_user CASCADE")
        connection.execute("ALTER TABLE auth_user ADD COLUMN nickname text")
        connection.execute("DROP TABLE bookshop_book CASCADE")
        with pytest.raises(DuplicateTable):
            connection.execute("CREATE TABLE auth_group (id int)")


def test_open_connection_does_not_keep_a_database(share):
    keep, held = share(), share()
    with psycopg.connect(url(held)) as connection:
        name = connection.info.dbname
        held.close()
        wait_for(lambda: not rows(url(keep), f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


# --- somebody else's server ---------------------------------------------------------------------


@pytest.fixture
def elsewhere(share, ground):
    """The URL of a server that is not the host's own: here, that of another host."""
    share()
    return socket_url(working_folder(ground), user=SUPERUSER, name="postgres")


def working_folder(ground):
    return os.readlink(f"/proc/{ground.main_server()}/cwd")


def everything(url):
    """Databases and roles that are there."""
    names = "SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles"
    return {name for (name,) in rows(url, names)}


def test_server_by_url_keeps_nothing_of_ours(share, elsewhere, ground, monkeypatch):
    before = everything(elsewhere)
    monkeypatch.setenv("POSTGRES_URL", elsewhere)
    held = share(**APPS, make=True)
    assert (held.prepared, "bookshop_book" in tables(url(held))) == (True, True)
    assert len(ground.hosts()) == 2
    assert rows(url(held), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [
        (False,)
    ]
    held.close()
    wait_for(lambda: len(ground.hosts()) == 1)
    assert everything(elsewhere) == before


def test_server_by_url_that_is_gone_is_let_go(share, elsewhere, ground, monkeypatch):
    server = ground.main_server()
    monkeypatch.setenv("POSTGRES_URL", elsewhere)
    held = share()
    os.kill(server, signal.SIGQUIT)
    wait_for(lambda: not command(server))
    with pytest.raises(Unavailable, match="PostgreSQL does not answer any more: "):
        held.check()


def test_server_by_url_of_a_user_who_may_create_databases(share, elsewhere, monkeypatch):
    with psycopg.connect(elsewhere) as connection:
        connection.execute("CREATE ROLE dora LOGIN CREATEDB")
    monkeypatch.setenv("POSTGRES_URL", elsewhere.replace(f"//{SUPERUSER}@", "//dora@"))
    held = share(**APPS, make=True)
    assert rows(url(held), "SELECT current_user") == [("dora",)]
    assert "bookshop_book" in tables(url(held))


def test_error_user_who_may_not_create_databases(share, elsewhere, monkeypatch):
    with psycopg.connect(elsewhere) as connection:
        connection.execute("CREATE ROLE dora LOGIN")
    monkeypatch.setenv("POSTGRES_URL", elsewhere.replace(f"//{SUPERUSER}@", "//dora@"))
    with pytest.raises(Unavailable) as caught:
        share()
    assert str(caught.value) == (
        "POSTGRES_URL's user dora may not create databases.\n"
        "Run `ALTER ROLE dora CREATEDB` on the server, or name another user."
    )


def test_what_a_killed_host_left_on_a_server_is_dropped_by_the_next(
    share, elsewhere, ground, monkeypatch
):
    before = everything(elsewhere)
    monkeypatch.setenv("POSTGRES_URL", elsewhere)
    own = set(ground.hosts())
    share()
    (host,) = set(ground.hosts()) - own
    os.kill(host, signal.SIGKILL)
    wait_for(lambda: len(ground.hosts()) == 1)
    assert everything(elsewhere) != before
    held = share()
    assert (
        len(everything(elsewhere)) == len(before) + 2
    )  # its name, as database and role; the group
    held.close()
    wait_for(lambda: everything(elsewhere) == before)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://nobody@127.0.0.1:1/x", "port 1 failed: Connection refused"),
        ("http://localhost", 'missing "=" after "http://localhost" in connection info string'),
    ],
)
def test_error_url_where_nothing_answers(url, says, share, monkeypatch):
    monkeypatch.setenv("POSTGRES_URL", url)
    with pytest.raises(Unavailable) as caught:
        share()
    assert caught.value.message.startswith("PostgreSQL cannot be used: ")
    assert says in caught.value.message
    assert caught.value.hint == "It is named by POSTGRES_URL. Start it, or unset that."
