"""Tables for a run, quickly: those of shared apps come made, the kata's own from its models.

On SQLite an image, a file with the tables of `contenttypes`, `auth` and the apps of `uses`, is copied;
a PostgreSQL database comes from a template that holds them, see `core.needs.postgres`. A warm run has
either made when it is missing; a cold run uses it if it is there.
"""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.kata import Kata
from core.needs.tables import key, make
from core.runner.job import SPECIAL, Job
from core.runner.launch import environment
from core.state import STATE


def shared_apps(kata: Kata) -> tuple[str, ...] | None:
    """The apps whose tables this kata shares with others; None where it needs other tables."""
    added = tuple(map(str, kata.settings_add.get("INSTALLED_APPS", ())))
    special = SPECIAL & {*kata.settings} or SPECIAL - {"INSTALLED_APPS"} & {*kata.settings_add}
    own = any(app.startswith(f"{kata.package}.") for app in added)
    return None if kata.build != "models" or special or own else (*kata.uses, *added)


def image_of(kata: Kata, database: str, *, make: bool) -> str:
    """The path of the SQLite image for this kata's apps; "" where there is none."""
    apps = shared_apps(kata)
    if apps is None or database not in ("memory", "file"):
        return ""
    return image(apps, make=make)


def image(apps: tuple[str, ...], *, make: bool) -> str:
    """The path of the image with the tables of these apps; "" where there is none, nor can be made."""
    path = STATE / "images" / f"{key(apps)}.sqlite3"
    if make and not path.exists():
        with contextlib.suppress(OSError):
            _make(path, apps)
    return str(path) if path.exists() else ""


def _make(path: Path, apps: tuple[str, ...]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(partial)}
    if make(database, apps, environment()):
        partial.replace(path)
    partial.unlink(missing_ok=True)


def build(job: Job) -> bool:
    """In the child: make the tables of the default database; False where Django has to make it."""
    if job.database == "postgres":
        _on_share(job)
        return True
    if not job.image:
        return False
    from django.db import connection

    settings = connection.settings_dict
    settings["NAME"] = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(f"file:{job.image}?mode=ro", uri=True)) as image:
        image.backup(connection.connection)
    _own_tables(job)
    return True


def _on_share(job: Job) -> None:
    """The database is this run's alone: nothing is created beside it, and its owner drops it."""
    from django.core.management import call_command

    empty_quickly()
    if job.prepared:
        _own_tables(job)
        return
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    call_command("createcachetable", verbosity=0)


def _own_tables(job: Job) -> None:
    from django.apps import apps
    from django.db import connection, models

    own = apps.get_app_config(job.package.rpartition(".")[2])
    with connection.schema_editor() as editor:
        for model in own.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    models.signals.post_migrate.send(
        sender=own, app_config=own, verbosity=0, interactive=False, using="default"
    )


def empty_quickly() -> None:
    """Have Django empty tables after a case of a TransactionTestCase by DELETE, where it can.

    TRUNCATE makes new files for each table and each index: ten times as long for a few rows. It stays
    where numbers are to start anew, and where a trigger might have its say in a DELETE.
    """
    from django.db import connection

    operations = connection.ops
    truncate = operations.sql_flush

    def sql_flush(style: Any, tables: Sequence[str], **options: bool) -> list[str]:
        found = truncate(style, tables, **options)
        if any(options.values()) or not found:
            return found
        deletes = "; ".join(f"DELETE FROM {operations.quote_name(each)}" for each in tables)  # noqa: S608
        return [
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_trigger WHERE NOT tgisinternal) "
            f"THEN {found[0]} ELSE {deletes}; END IF; END $$"
        ]

    operations.sql_flush = sql_flush  # type: ignore[method-assign]
