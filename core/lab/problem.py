"""The page that shows why there is no lab: without the kata, so that nothing of it can break it."""

import os
from typing import Any

from core.catalogue import relative
from core.lab.control import Line, Message
from core.lab.gate import WSGI
from core.state import ROOT


def application(told: Message, line: Line) -> WSGI:
    """Every address shows the problem, until the next save or until the person says "again"."""
    from pathlib import Path

    import django
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
    from django.urls import path, re_path

    slug = told["slug"]
    settings.configure(
        SECRET_KEY=told["secret"],
        ALLOWED_HOSTS=["localhost", "127.0.0.1", "[::1]"],
        INSTALLED_APPS=["django.contrib.staticfiles"],
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        CSRF_COOKIE_NAME=f"lab_{slug}_csrf",
        LAB={"slug": slug},
        ROOT_URLCONF="core.lab.problem",
        STATIC_URL="/static/",
        STATICFILES_DIRS=[
            ROOT / "core" / "cockpit" / "static",
            ROOT / "core" / "lab" / "static",
            Path(django.__file__).parent / "contrib" / "admin" / "static",
        ],
        USE_TZ=True,
        LOGGING_CONFIG=None,
    )
    django.setup()
    from core.lab.pages import page

    def show(request: HttpRequest) -> HttpResponse:
        context = {"problem": shown(told["problem"]), "title": told["title"]}
        return page(request, "lab/problem.html", context, status=500)

    class Again(HttpResponseRedirect):
        """Once the browser has it, this server may end."""

        def close(self) -> None:
            super().close()
            line.send(again=True)

    def again(request: HttpRequest) -> HttpResponse:
        return (Again if request.method == "POST" else HttpResponseRedirect)("/lab/")

    urlpatterns[:] = [path("lab/again/", again), re_path("", show)]
    return StaticFilesHandler(WSGIHandler())


urlpatterns: list[Any] = []


def shown(problem: dict[str, Any]) -> dict[str, Any]:
    """Paths as the person knows them."""
    from pathlib import Path

    lines = [
        {**each, "path": relative(Path(os.path.abspath(each["path"])))} for each in problem["lines"]
    ]
    return {**problem, "lines": lines}
