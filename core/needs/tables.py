"""Tables of the apps that katas share, made once in a process of its own: an image, a template.

They are the same as `migrate --run-syncdb` makes without migrations.
"""

import contextlib
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.state import ROOT

ALWAYS = ("django.contrib.contenttypes", "django.contrib.auth")
LONGEST = 60.0  # seconds


def key(apps: tuple[str, ...]) -> str:
    """Changes when the tables may: with the apps, Django, or the models of the workspace."""
    digest = hashlib.sha256(f"{apps}{sys.version}".encode())
    for path in (
        ROOT / "requirements.txt",
        ROOT / "core" / "bookshop" / "models.py",
        Path(__file__),
    ):
        with contextlib.suppress(OSError):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def make(database: dict[str, Any], apps: tuple[str, ...], environment: dict[str, str]) -> bool:
    """Have the tables made in an empty database, by its Django settings; half a second."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "core.needs.tables", json.dumps(database), *apps],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=False,
            timeout=LONGEST,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False  # the run makes them itself, and says what is wrong with them
    return done.returncode == 0


def main(database: str, apps: list[str]) -> None:
    import django
    from django.apps import apps as installed
    from django.conf import settings
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection

    settings.configure(
        INSTALLED_APPS=[*ALWAYS, *apps],
        DATABASES={"default": json.loads(database)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    with connection.schema_editor() as editor:
        for model in installed.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
