"""The admin site: Django's own, with a front page and pages that speak of katas and runs."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver

from core.cockpit.front import front
from core.cockpit.request import learner_of, may
from core.errors import KataError
from core.queue import open_batches

SECTIONS = {
    "index": "front",
    "questions": "front",
    "again": "katas",
    "kata": "katas",
    "kata_compare": "katas",
    "core_kata_changelist": "katas",
    "run": "runs",
    "batch": "runs",
    "core_run_changelist": "runs",
    "tables": "tables",
    "app_list": "tables",
}

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Cockpit(admin.AdminSite):
    site_header = "Django Kata Workspace"
    site_title = "Django Kata Workspace"
    index_title = "Practice"
    site_url = None
    enable_nav_sidebar = False  # the header leads everywhere, and lists of runs need the width

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The front page; the tables alone for those who may not look at katas."""
        shown: dict[str, Any] = {}
        if may(request, "view_kata"):
            learner = learner_of(request)
            shown = {"front": front(learner), "batches": open_batches(learner)}
        return super().index(request, {**shown, **(extra_context or {})})

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Behind the login; what a person can mend is a page that says how."""

        @functools.wraps(view)
        def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except KataError as error:
                context = {**self.each_context(request), "title": error.message, "error": error}
                return TemplateResponse(request, "cockpit/error.html", context, status=409)

        return super().admin_view(cast("View", told), cacheable)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from core.cockpit.urls import urls  # its views import the site's models

        return [*urls(self), *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Also which part of the header is where the page belongs."""
        match = request.resolver_match
        name = str(match.url_name) if match else ""
        return {**super().each_context(request), "section": SECTIONS.get(name, "")}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The workspace's own tables first."""
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: app["app_label"] != "core")
