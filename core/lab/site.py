"""The lab's pages and the kata's own, side by side: neither has the other's middleware."""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler

from core.lab.gate import WSGI
from core.lab.overlay import PREFIX, lab

MIDDLEWARE = [
    "debug_toolbar.middleware.DebugToolbarMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.lab.visitor.visitor",
    "django.contrib.messages.middleware.MessageMiddleware",
]


def register_tables() -> None:
    """The kata's models in our admin, before anything asks for an address: then its own are fixed."""
    if apps.is_installed("django.contrib.admin"):
        from core.lab.admin import is_ours, register, write_no_history

        if is_ours():
            register(lab("package"))
            write_no_history()


def application() -> WSGI:
    """Once Django is set up. Raises what the kata's urls, views or middleware raise."""
    importlib.import_module(settings.ROOT_URLCONF)
    sides: Any = _Sides(_handler(MIDDLEWARE), _handler(settings.MIDDLEWARE))
    return StaticFilesHandler(sides)


def _handler(middleware: list[str]) -> WSGIHandler:
    own, settings.MIDDLEWARE = settings.MIDDLEWARE, middleware
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = own


class _Sides:
    """By address: StaticFilesHandler asks an application for no more than to be called."""

    def __init__(self, lab: WSGIHandler, kata: WSGIHandler) -> None:
        self.lab = lab
        self.kata = kata

    def __call__(self, wsgi: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        ours = wsgi["PATH_INFO"].startswith(PREFIX)
        return (self.lab if ours else self.kata)(wsgi, start)
