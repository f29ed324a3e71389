"""Requests → selectors and writers → pages. Nothing is decided here."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from core import editing, runs
from core.catalogue import relative
from core.cockpit import export, run_filter
from core.cockpit.kata_page import hints_of, kata_page, parts_of
from core.cockpit.pair import pair
from core.cockpit.request import kata_or_404, learner_of, require, wants_part
from core.cockpit.run_list import run_list as runs_of
from core.cockpit.run_page import run_page
from core.errors import KataError
from core.kata import Kata
from core.lab.owner import OWNER
from core.models import Help

LIST = "admin:core_kata_changelist"


def render(
    request: HttpRequest, template: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    """One of our pages, with what every page of the admin knows."""
    known = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"cockpit/{template}", known)


@require_safe
def kata(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, "view_kata")
    found = kata_or_404(slug)
    page = kata_page(found, learner_of(request))
    shown = {"page": page, "kata": found, "live": page.live, "run": page.run}
    return render(request, "kata.html", found.title, {**shown, "parts": parts_of(found)})


@require_POST
def hint(request: HttpRequest, slug: str, task: int) -> HttpResponse:
    """One step more, remembered as in the terminal."""
    require(request, "view_kata")
    found, learner = kata_or_404(slug), learner_of(request)
    before = hints_of(found, task, learner)
    if not before:
        raise Http404(f"{slug} has no hints for task {task}.")
    if before.left:
        step = len(before.shown) + 1
        runs.take_help(found, Help.Kind.HINT, task=task, step=step, learner=learner)
    if not wants_part(request):
        return redirect(f"{page_of(found)}#hints-{task}")
    context = {"kata": found, "hints": hints_of(found, task, learner)}
    return TemplateResponse(request, "cockpit/hints.html", context)


@require_POST
def give_up(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, "view_kata")
    found = kata_or_404(slug)
    runs.take_help(found, Help.Kind.GAVE_UP, learner=learner_of(request))
    messages.info(request, f"Here is the solution of {slug}, and why. It is remembered.")
    return redirect(f"{page_of(found)}#answer")


@require_GET  # what looks ahead with HEAD starts nothing
def lab(request: HttpRequest, slug: str) -> HttpResponse:
    """On to the kata's lab, which is opened where nobody has; it ends with this server."""
    require(request, "change_kata")
    return redirect(OWNER.link(kata_or_404(slug)))


@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Ask, then put fresh files in place of the learner's, which move to the history.

    Comes from a kata's page with one name, and from the list with several.
    """
    require(request, "change_kata")
    names = (request.POST or request.GET).getlist("kata")
    katas = [kata_or_404(name) for name in names]
    if not katas:
        raise Http404("No kata was named.")
    if request.method == "POST":
        for found in katas:
            tell_reset(request, found)
        return redirect(page_of(katas[0]) if len(katas) == 1 else LIST)
    return render(request, "reset.html", "Start afresh?", {"katas": katas})


def tell_reset(request: HttpRequest, kata: Kata) -> None:
    try:
        kept = editing.reset(kata)
    except KataError as error:
        messages.error(request, f"Not done: {error}")
        return
    if kept is None:
        messages.info(request, f"Nothing to do: {kata.slug} is as shipped already.")
    elif kept.exists():
        messages.success(request, f"Started {kata.slug} afresh. Yours is in {relative(kept)}.")
    else:
        messages.success(request, f"Started {kata.slug} afresh.")


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, "view_run")
    found = kata_or_404(slug)
    old, new = (run_filter.whole(request.GET, name) for name in ("old", "new"))
    shown = pair(found, learner_of(request), old, new)
    if not shown:
        raise Http404(f"You have no two such runs of {slug}.")
    return render(request, "compare.html", f"{slug}: compare", {"pair": shown, "kata": found})


@require_safe
def run(request: HttpRequest, number: int) -> HttpResponse:
    require(request, "view_run")
    page = run_page(number, learner_of(request))
    if not page:
        raise Http404(f"You have no run {number}.")
    title = f"Run {number} of {page.run.kata.slug}"
    return render(request, "run.html", title, {"page": page, "live": page.live})


@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    require(request, "view_run")
    asked, before = run_filter.read(request.GET), run_filter.whole(request.GET, "before")
    page = runs_of(learner_of(request), asked, before)
    kept = [(name, value) for name, value in vars(asked).items() if value and name != "q"]
    return render(request, "runs.html", "Runs", {"page": page, "before": before, "kept": kept})


@require_safe
def export_runs(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    require(request, "view_run")
    asked, learner = run_filter.read(request.GET), learner_of(request)
    mine = run_filter.numbered(learner, run_filter.numbers(learner, asked))
    found = run_filter.matching(mine, asked)
    written, content_type = {
        "csv": (export.as_csv, "text/csv; charset=utf-8"),
        "json": (export.as_json, "application/json"),
    }[kind]
    return StreamingHttpResponse(
        written(found),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="runs.{kind}"'},
    )


@require_safe
def tables(request: HttpRequest) -> HttpResponse:
    """Every table that the person may look at, as the stock front page lists them."""
    return render(request, "tables.html", "Tables", {"app_list": admin.site.get_app_list(request)})


def page_of(kata: Kata) -> str:
    return reverse("admin:kata", args=[kata.slug])
