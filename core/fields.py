"""A field of the workspace's own."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class WrittenJSONField(models.JSONField):
    """JSON that is kept as it was written: what a learner's code printed may be in it.

    PostgreSQL's `jsonb` refuses a NUL character and half a surrogate pair, and puts keys in an order
    of its own; its `json` does neither. What is asked of it there by a lookup is compared as JSON text.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "json" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if connection.vendor != "postgresql" or hasattr(value, "as_sql"):
            return super().get_db_prep_value(value, connection, prepared)
        from psycopg.types.json import Json

        return Json(value)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """psycopg has read it already, unlike `jsonb`, which Django has it leave as text."""
        return (
            value
            if isinstance(value, dict | list)
            else super().from_db_value(value, expression, connection)
        )
