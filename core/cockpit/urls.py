from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path, re_path

from core.cockpit import practising, running, views


def urls(site: AdminSite) -> list[URLPattern]:
    """Our pages, under the site's own address and behind its login."""

    def page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
        return path(route, site.admin_view(view), name=name)

    def re_page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
        return re_path(route, site.admin_view(view), name=name)

    return [
        page("katas/<slug:slug>/", views.kata, "kata"),
        page("katas/<slug:slug>/hint/<int:task>/", views.hint, "kata_hint"),
        page("katas/<slug:slug>/give-up/", views.give_up, "kata_give_up"),
        page("katas/<slug:slug>/lab/", views.lab, "kata_lab"),
        page("katas/<slug:slug>/compare/", views.compare, "kata_compare"),
        page("katas/<slug:slug>/run/", running.run, "kata_run"),
        page("reset/", views.reset, "reset"),
        page("practice/again/<slug:slug>/", practising.again, "again"),
        page("practice/questions/", practising.ask, "questions"),
        page("practice/path/", practising.follow, "follow"),
        page("queue/", running.how_it_is, "queue"),
        page("tables/", views.tables, "tables"),
        page("runs/<int:number>/", views.run, "run"),
        page("runs/<int:number>/live/", running.follow, "run_live"),
        page("runs/<int:number>/cancel/", running.cancel, "run_cancel"),
        page("runs/batch/<int:number>/", running.batch, "batch"),
        page("runs/batch/<int:number>/cancel/", running.cancel_batch, "batch_cancel"),
        re_page(r"^runs/export\.(?P<kind>csv|json)$", views.export_runs, "runs_export"),
    ]
