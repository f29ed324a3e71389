"""The Django settings of a child: one kata installed, and what its kata.toml replaces or adds."""

import os
import tempfile
from typing import Any

from core.needs.tables import ALWAYS
from core.needs.urls import django_database
from core.runner.job import Job

AUTO_FIELD = "django.db.models.BigAutoField"


class NoMigrations:
    """Every app's tables come from its models: MIGRATION_MODULES for build = "models"."""

    def __contains__(self, label: str) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


def settings(job: Job) -> dict[str, Any]:
    """Keyword arguments for `settings.configure`."""
    values: dict[str, Any] = {
        "SECRET_KEY": "a-kata-run-keeps-no-secret",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["testserver", "localhost", "127.0.0.1"],
        # Without a database nobody can be asked who they are: plain Python katas need no models.
        "INSTALLED_APPS": [*(ALWAYS if job.database != "none" else ()), *job.uses, job.package],
        "DATABASES": _databases(job),
        "DEFAULT_AUTO_FIELD": AUTO_FIELD,
        "MIDDLEWARE": [],
        "ROOT_URLCONF": f"{job.package}.urls",
        "TEMPLATES": [
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        # Hashing is slow on purpose; a test that logs in does not need that.
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "STATIC_URL": "static/",
        "LOGGING_CONFIG": None,
        "MIGRATION_MODULES": NoMigrations() if job.build == "models" else {},
    }
    values |= job.settings
    for name, items in job.settings_add.items():
        values[name] = [*values.get(name, []), *items]
    return {name: _filled(value, job.environment) for name, value in values.items()}


def _filled(value: Any, environment: dict[str, str]) -> Any:
    """With the run's own URL in place of "$REDIS_URL" and the like."""
    if isinstance(value, str) and value.startswith("$"):
        return environment.get(value[1:], value)
    if isinstance(value, dict):
        return {name: _filled(each, environment) for name, each in value.items()}
    return [_filled(each, environment) for each in value] if isinstance(value, list) else value


def _databases(job: Job) -> dict[str, Any]:
    if job.database == "none":
        return {}
    if job.database == "postgres":
        # Where there is none, in place, no case runs: see core.runner.inplace.
        return {"default": django_database(job.environment.get("POSTGRES_URL", ""))}
    file = os.path.join(tempfile.gettempdir(), "kata.sqlite3")
    name = ":memory:" if job.database == "memory" else file
    options: dict[str, Any] = {}
    if job.database == "file":
        # What a run stores need not outlive a power cut, so nobody waits for the disk.
        quick = "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY"
        options = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": quick}
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": options,
            "TEST": {"NAME": name if job.database == "file" else None},
        }
    }
