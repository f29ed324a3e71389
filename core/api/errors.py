"""Errors as problem details (RFC 9457): what, where, and what helps."""

import http
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.response import Response
from rest_framework.utils.serializer_helpers import ReturnDict

from core.errors import KataError

MEDIA_TYPE = "application/problem+json"
CONFLICT = (409, MEDIA_TYPE)  # where a view says that it may answer so


class ErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with one value: of the body, or of the query."""

    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="JSON pointer into the body.")
    parameter = serializers.CharField(required=False, help_text="Name in the query.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details, RFC 9457."""

    type = serializers.CharField(help_text="about:blank: the status says all.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    hint = serializers.CharField(required=False, help_text="What helps.")
    errors = ErrorSerializer(many=True, required=False)  # type: ignore[assignment]


class Problem(exceptions.APIException):
    """An answer other than success; `hint` is what helps."""

    def __init__(self, status: int, detail: str, *, hint: str = "") -> None:
        super().__init__(detail)
        self.status_code = status
        self.hint = hint


def missing(detail: str, *, hint: str = "") -> Problem:
    return Problem(404, detail, hint=hint)


def conflict(detail: str, *, hint: str = "") -> Problem:
    """What was asked for does not go with how the workspace is now."""
    return Problem(409, detail, hint=hint)


class QueryError(exceptions.ValidationError):
    """A value of the query that is not one."""


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Any error that is the client's to mend; None for one of ours, which Django reports."""
    if isinstance(error, KataError):
        error = conflict(error.message, hint=error.hint)
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": http.HTTPStatus(error.status_code).phrase,
        "status": error.status_code,
    }
    if isinstance(error, exceptions.ValidationError):
        method = context["request"].method
        where = "parameter" if isinstance(error, QueryError) or method == "GET" else "pointer"
        found = list(_errors(error.detail, where))
        problem |= {"detail": _summary(found), "errors": found}
    else:
        problem["detail"] = str(error.detail)
    if hint := getattr(error, "hint", ""):
        problem["hint"] = hint
    return Response(
        problem, error.status_code, headers=_headers(error), content_type=_type(context)
    )


def _summary(found: list[dict[str, str]]) -> str:
    if len(found) == 1:
        return found[0]["detail"]
    return f"{len(found)} values are not right: see errors."


def _errors(detail: Any, where: str, path: str = "") -> Iterator[dict[str, str]]:
    """Each sentence with its place, however deep REST framework has it."""
    if isinstance(detail, dict | ReturnDict):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else f"/{name}"
            yield from _errors(inner, where, path + step)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _errors(inner, where, path)
    else:
        place = path.strip("/") if where == "parameter" else f"#{path}"
        yield {"detail": str(detail), where: place}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def _type(context: dict[str, Any]) -> str | None:
    """The media type of a problem, but for a person's browser, which gets a page."""
    renderer = getattr(context["request"], "accepted_renderer", None)
    return None if isinstance(renderer, BrowsableAPIRenderer) else MEDIA_TYPE
