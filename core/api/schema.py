"""The API's own description (OpenAPI): its endpoint, and the problems that every operation may answer."""

from typing import Any

from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView

from core.api.errors import MEDIA_TYPE

MEANINGS = {
    400: "A value is not right: `errors` says which.",
    401: "Nobody is logged in, or the token is not one.",
    403: "The CSRF token of the session is missing or wrong.",
    404: "There is no such thing, or it is not yours.",
    406: "JSON is all there is.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too many requests: `Retry-After` says when.",
}


class SchemaView(SpectacularAPIView):
    """As JSON alone, so that its errors are JSON as well."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer]


def add_problems(result: dict[str, Any], **about: Any) -> dict[str, Any]:
    """Add to each operation what any operation like it may answer; a hook of drf-spectacular."""
    for path in result["paths"].values():
        for method, operation in path.items():
            responses = operation["responses"]
            for status in _problems(method, operation):
                responses.setdefault(str(status), _problem(status))
            operation["responses"] = dict(sorted(responses.items()))
    return result


def _problems(method: str, operation: dict[str, Any]) -> list[int]:
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    body = "requestBody" in operation
    found = {
        400: body or "query" in places,
        403: method != "get",
        404: "path" in places,
        413: body,
        415: body,
    }
    return [401, 406, 429, *(status for status, may in found.items() if may)]


def _problem(status: int) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": MEANINGS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        described["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return described
