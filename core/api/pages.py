"""Pages of a list that only grows at its head: a cursor says after which row the next one begins."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from core.api.errors import QueryError

HIGHEST = 2**63 - 1  # of any number in the database


class NewestFirst(CursorPagination):
    """By -id: each page is a range of an index, the last as quick as the first."""

    ordering = "-id"
    page_size = 50
    max_page_size = 100
    page_size_query_param = "limit"
    page_size_query_description = f"Rows a page, up to {max_page_size}."

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise QueryError({"cursor": ["This is no cursor of ours."]}) from None
        at = str(cursor.position) if cursor and cursor.position is not None else None
        if at is not None and not (at.isdecimal() and len(at) < 20 and int(at) <= HIGHEST):
            raise QueryError({"cursor": ["This is no cursor of ours."]})
        return cursor

    def get_page_size(self, request: Request) -> int | None:
        asked = request.query_params.get("limit")
        if asked is None:
            return self.page_size
        if not (asked.isdecimal() and len(asked) < 4 and 1 <= int(asked) <= self.max_page_size):
            raise QueryError({"limit": [f"Write a whole number from 1 to {self.max_page_size}."]})
        return int(asked)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        found[1]["schema"] |= {"minimum": 1, "maximum": self.max_page_size}
        return found
