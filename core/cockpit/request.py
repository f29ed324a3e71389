"""What a request says: whose pages these are, what they may do, whether a part of a page is asked for."""

from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from core import catalogue
from core.errors import KataError
from core.kata import Kata


def learner_of(request: HttpRequest) -> User:
    """Who is logged in: behind `admin_view`, nobody else gets here."""
    return cast("User", request.user)


def may(request: HttpRequest, permission: str) -> bool:
    """Whether they hold a permission of `core`, such as view_kata."""
    return learner_of(request).has_perm(f"core.{permission}")


def require(request: HttpRequest, permission: str) -> None:
    if not may(request, permission):
        raise PermissionDenied


def wants_part(request: HttpRequest) -> bool:
    """Asked by a page for a part of itself; without scripts a form asks for a page."""
    return request.headers.get("HX-Request") == "true"


def kata_or_404(slug: str) -> Kata:
    try:
        return catalogue.get(slug)
    except KataError as error:
        raise Http404(error.message) from error
