"""Where a test's workspace keeps its rows: a file in its state, or a database of its own.

The file as a rule. Where DATABASE_URL names a server, each state has a database on it, made when it
is first asked for and dropped at the end; so no two workspaces meet in one.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER = os.environ.get("DATABASE_URL", "")

_made: set[str] = set()


def workspace(state: Path) -> dict[str, str]:
    """The environment of a workspace that has its state there."""
    environment = {"KATA_STATE": str(state)}
    return environment | ({"DATABASE_URL": _url(_own(state))} if SERVER else {})


def copy(state: Path, to: Path) -> Path:
    """A state with all that it remembers, for another workspace. Nobody may work in the old one."""
    if SERVER:
        _own(to, template=_own(state))
    return shutil.copytree(state, to)


def rows(state: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a workspace's database answers; values stand as ? in the query."""
    if SERVER:
        with psycopg.connect(workspace(state)["DATABASE_URL"]) as connection:
            found = connection.execute(query.replace("?", "%s").encode(), values or None)
            return [_plain(row) for row in found] if found.description else []
    with sqlite3.connect(state / "workspace.sqlite3", timeout=30) as connection:
        return connection.execute(query, values).fetchall()


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """JSON as the text that SQLite keeps it as."""
    return tuple(json.dumps(value) if isinstance(value, dict | list) else value for value in row)


def drop() -> None:
    """All that this process made."""
    while _made:
        _on_server(f"DROP DATABASE IF EXISTS {_made.pop()} WITH (FORCE)")


def _own(state: Path, template: str = "template0") -> str:
    name = f"kata_test_{hashlib.sha256(bytes(state.absolute())).hexdigest()[:16]}"
    if name not in _made:
        _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # a killed process left it
        _on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
        _made.add(name)
    return name


def _url(name: str) -> str:
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


def _on_server(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement.encode())
