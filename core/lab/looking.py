"""What one looks at a request with: Debug Toolbar or Silk, never both.

Requests that a kata's lab.py makes with Django's test client are part of a call: whatever looks at the
call sees them, and neither begins anew within.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.lab.gate import CONNECTION
from core.lab.overlay import PREFIX, lab

ICON = "/favicon.ico"
OURS = (PREFIX, "/static/", ICON)
SILENT = (
    "/static/",
    ICON,
    *(f"{PREFIX}{each}/" for each in ("silk", "size", "sizes", "profile", "look", "people")),
)


def cookie() -> str:
    """The name of the cookie that asks for Silk."""
    return f"lab_{lab('slug')}_look"


def wants_silk(request: HttpRequest) -> bool:
    return request.COOKIES.get(cookie()) == "silk"


def by_silk(request: HttpRequest) -> bool:
    """Of the kata's own pages, those that the person asked Silk to record."""
    own = not request.path.startswith(OURS)
    return own and wants_silk(request) and from_outside(request)


def by_toolbar(request: HttpRequest) -> bool:
    return not request.path.startswith(SILENT) and not by_silk(request) and from_outside(request)


def from_outside(request: HttpRequest) -> bool:
    """By a connection to the lab, not by a test client."""
    return CONNECTION in request.META


def silky(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Silk's middleware, for what it is to record: for the rest it would end a record that is begun."""
    from silk.middleware import SilkyMiddleware  # reads settings

    recorded = SilkyMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = (recorded if by_silk(request) else get_response)(request)
        return answer

    return middleware
