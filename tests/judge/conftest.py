"""The judge's instrument at work in this process, on databases of its own."""

import importlib.util
import random
import sys

import pytest
from django.db import ConnectionHandler
from django.db.backends.signals import connection_created

from core.judge import instrument
from core.needs.find import find
from core.needs.lease import holding, lease
from core.needs.urls import django_database
from tests.conftest import unavailable


@pytest.fixture
def session(monkeypatch, tmp_path):
    """The instrument attached, as a child attaches it; detached afterwards."""
    fresh = instrument.Session()
    monkeypatch.setattr(instrument, "SESSION", fresh)
    monkeypatch.setattr("core.judge.queries.SESSION", fresh)
    state = random.getstate()
    instrument.attach(folder=str(tmp_path), edit=("exercise.py", "shop/"), seed=7)
    yield fresh
    connection_created.disconnect(dispatch_uid="core.judge.instrument")
    random.setstate(state)


@pytest.fixture
def connections(session, tmp_path, django_db_blocker, monkeypatch):
    """Two SQLite databases, opened under the instrument."""
    databases = {
        alias: {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / f"{alias}.sqlite3"}
        for alias in ("default", "other")
    }
    handler = ConnectionHandler(databases)
    monkeypatch.setattr("django.db.transaction.connections", handler)
    with django_db_blocker.unblock():
        yield handler
        handler.close_all()


@pytest.fixture(scope="session")
def warm_servers():
    """A server that one test needed is there for the next."""
    with holding():
        yield


@pytest.fixture
def postgres(session, warm_servers, django_db_blocker, monkeypatch):
    """A PostgreSQL database of the test's own, opened under the instrument."""
    if not find("postgres"):
        unavailable("PostgreSQL")
    held = lease("postgres", apps=None)
    handler = ConnectionHandler({"default": django_database(held.environment["POSTGRES_URL"])})
    for module in ("django.db", "django.db.transaction"):
        monkeypatch.setattr(f"{module}.connections", handler)
    with django_db_blocker.unblock():
        yield handler
        handler.close_all()
    held.close()


@pytest.fixture
def valkey(session, warm_servers, monkeypatch):
    """A logical database of the test's own; its URL is in the environment, as in a run."""
    if not find("redis"):
        unavailable("Redis")
    held = lease("redis")
    for name, value in held.environment.items():
        monkeypatch.setenv(name, value)
    yield held.environment["REDIS_URL"]
    held.close()


@pytest.fixture
def imported(tmp_path, monkeypatch):
    """Imports `exercise.py` of the session's folder, with this code."""

    def imported(code):
        path = tmp_path / "exercise.py"
        path.write_text(code)
        spec = importlib.util.spec_from_file_location("exercise", path)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "exercise", module)
        spec.loader.exec_module(module)
        return module

    return imported
