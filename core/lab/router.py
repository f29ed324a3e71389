"""Silk's tables are in a database of their own, and no others are."""

from typing import Any

from core.lab.overlay import SILK


class Router:
    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return SILK if model._meta.app_label == "silk" else None

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool | None:
        return True if one._meta.app_label == other._meta.app_label == "silk" else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        if (app_label == "silk") != (db == SILK):
            return False
        return None
