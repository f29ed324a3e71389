"""What one looks at a request with: Debug Toolbar or Silk, never both."""

from django.http import HttpRequest

from core.lab.overlay import PREFIX, lab

SILENT = tuple(f"{PREFIX}{each}/" for each in ("silk", "size", "sizes", "profile", "look"))


def cookie() -> str:
    """The name of the cookie that asks for Silk."""
    return f"lab_{lab('slug')}_look"


def wants_silk(request: HttpRequest) -> bool:
    return request.COOKIES.get(cookie()) == "silk"


def by_silk(request: HttpRequest) -> bool:
    """Of the kata's own pages, those that the person asked Silk to record."""
    return wants_silk(request) and not request.path.startswith((PREFIX, "/static/"))


def by_toolbar(request: HttpRequest) -> bool:
    return not by_silk(request) and not request.path.startswith((*SILENT, "/static/"))
