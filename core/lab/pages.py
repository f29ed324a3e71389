"""Our own pages of a lab, by a template engine of their own: a kata may replace TEMPLATES."""

import functools
import os
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.urls import NoReverseMatch, reverse

from core.lab.overlay import lab
from core.state import ROOT

# As the workspace's own pages: nothing from elsewhere and nothing inline.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@functools.cache
def _engine() -> DjangoTemplates:
    return DjangoTemplates(
        {
            "NAME": "lab",
            "DIRS": [Path(__file__).parent / "templates", ROOT / "core" / "cockpit" / "templates"],
            "APP_DIRS": False,
            "OPTIONS": {
                "libraries": {"cockpit": "core.cockpit.templatetags.cockpit"},
                "context_processors": ["django.contrib.messages.context_processors.messages"],
            },
        }
    )


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    try:
        admin = reverse("admin:index")
    except NoReverseMatch:  # a kata without a database has none
        admin = ""
    known = {"admin": admin, "slug": lab("slug"), "server": os.getpid(), **context}
    response = HttpResponse(_engine().get_template(template).render(known, request), status=status)
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "no-store"
    return response
