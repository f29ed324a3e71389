"""Tables for a run, quickly: those of shared apps come from an image, the kata's own from its models.

An image is an SQLite file with the tables of `contenttypes`, `auth` and the apps of `uses`. A warm run
makes it when it is missing, in a process without any kata; a cold run uses it if it is there. Either
way the tables are the same as `migrate --run-syncdb` makes without migrations.
"""

import contextlib
import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from core.kata import Kata
from core.runner.job import Job
from core.runner.launch import environment
from core.state import ROOT, STATE

ALWAYS = ("django.contrib.contenttypes", "django.contrib.auth")


def image_of(kata: Kata, *, make: bool) -> str:
    """The path of the image for this kata's apps; "" where it needs other tables, or there is none."""
    special = {"AUTH_USER_MODEL", "DATABASES", "INSTALLED_APPS", "DEFAULT_AUTO_FIELD"}
    if kata.build != "models" or kata.databases == ("none",):
        return ""
    if special & {*kata.settings, *kata.settings_add}:
        return ""
    path = STATE / "images" / f"{_key(kata.uses)}.sqlite3"
    if not path.exists() and make:
        with contextlib.suppress(OSError):
            _make(path, kata.uses)
    return str(path) if path.exists() else ""


def _key(uses: tuple[str, ...]) -> str:
    """Changes when the tables may: with the apps, Django, or the models of the workspace."""
    digest = hashlib.sha256(f"{uses}{sys.version}".encode())
    for path in (
        ROOT / "requirements.txt",
        ROOT / "core" / "bookshop" / "models.py",
        Path(__file__),
    ):
        with contextlib.suppress(OSError):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _make(path: Path, uses: tuple[str, ...]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "core.runner.tables", str(partial), *uses],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode == 0:
        partial.replace(path)
    partial.unlink(missing_ok=True)


def build(job: Job) -> bool:
    """In the child: make the default database from the image; False where there is no image."""
    if not job.image:
        return False
    from django.apps import apps
    from django.db import connection, models

    settings = connection.settings_dict
    settings["NAME"] = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(f"file:{job.image}?mode=ro", uri=True)) as image:
        image.backup(connection.connection)
    own = apps.get_app_config(job.package.rpartition(".")[2])
    with connection.schema_editor() as editor:
        for model in own.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    models.signals.post_migrate.send(
        sender=own, app_config=own, verbosity=0, interactive=False, using="default"
    )
    return True


def main(path: str, uses: list[str]) -> None:
    """As a process of its own: write the image."""
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection

    settings.configure(
        INSTALLED_APPS=[*ALWAYS, *uses],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
