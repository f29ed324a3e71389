"""The tables of a lab: from the models, or from migrations where those are the topic."""

import contextlib
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections, router

from core.lab.overlay import SILK
from core.runner.job import Job


def clear(place: Path) -> None:
    """Away with what the lab's last server has left; Silk's records stay."""
    for path in place.glob("*.sqlite3*"):
        if not path.name.startswith(f"{SILK}."):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def build(job: Job) -> None:
    """Every table that is not there yet."""
    _missing(SILK)
    if job.build == "migrations":
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
        return
    for alias in connections:
        if alias != SILK:
            _missing(alias)
            emit_post_migrate_signal(verbosity=0, interactive=False, db=alias)


def empty() -> None:
    """No rows in any table but Silk's."""
    for alias in connections:
        if alias != SILK:
            call_command("flush", verbosity=0, interactive=False, database=alias)


def _missing(alias: str) -> None:
    connection = connections[alias]
    there = set(connection.introspection.table_names())
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            wanted = model._meta.can_migrate(connection) and router.allow_migrate_model(
                alias, model
            )
            if wanted and model._meta.db_table not in there:
                editor.create_model(model)
