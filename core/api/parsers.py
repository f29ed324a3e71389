"""Bodies: JSON, and not much of it."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from core.api.errors import Problem

LARGEST = 64 * 1024  # bytes


class SmallJSONParser(JSONParser):
    """JSON up to LARGEST: whatever is longer is refused before it is read."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if int(length) > LARGEST:
            raise Problem(413, f"The body has {length} bytes; {LARGEST} is the most.")
        try:
            found: dict[str, Any] = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - it is nested too deeply") from None
        return found
