"""Running katas from their pages: asked for, followed without a reload, cancelled, one or a batch."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from core import queue
from core.cockpit.batch_page import BatchPage, batch_page
from core.cockpit.kata_page import parts_of
from core.cockpit.live import live
from core.cockpit.queue_card import queue_card
from core.cockpit.request import kata_or_404, learner_of, require, wants_part
from core.cockpit.views import render
from core.errors import KataError
from core.kata import Kata
from core.models import Run

NOTHING_NEW = 204
OVER = "run-over"  # an event of the page, on which it gets its parts anew


@require_POST
def run(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a run of a kata, unless one is open: a second click follows the first's."""
    require(request, "view_kata")
    require(request, "view_run")
    found, learner = kata_or_404(slug), learner_of(request)
    try:
        wanted = queue.open_run(found, learner=learner) or _ask(found, request)
    except KataError as error:
        if not wants_part(request):
            raise
        return _bar(request, kata=found, error=error)
    if not wants_part(request):
        return redirect("admin:run", wanted.pk)
    return _bar(request, kata=found, live=live(wanted), parts=parts_of(found))


def _ask(kata: Kata, request: HttpRequest) -> Run:
    return queue.enqueue([kata], learner=learner_of(request)).runs.select_related("kata").get()


@require_safe
def follow(request: HttpRequest, number: int) -> HttpResponse:
    """How far a run is, if that is new; the page is told once it is over."""
    require(request, "view_run")
    found = live(_run_or_404(request, number))
    if found is None:
        return HttpResponse(status=NOTHING_NEW, headers={"HX-Trigger": OVER})
    if found.seen == request.GET.get("seen"):
        return HttpResponse(status=NOTHING_NEW)
    return TemplateResponse(request, "cockpit/run_live.html", {"live": found})


@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    require(request, "view_run")
    found = _run_or_404(request, number)
    cancelled = queue.cancel(found)
    if not wants_part(request):
        return redirect("admin:run", number)
    if not cancelled:  # its verdict came first
        return HttpResponse(status=NOTHING_NEW, headers={"HX-Trigger": OVER})
    found.refresh_from_db(fields=["status"])
    return _bar(request, kata=found.kata, run=found)


def _bar(request: HttpRequest, **shown: Any) -> HttpResponse:
    return TemplateResponse(request, "cockpit/run_bar.html", shown)


@require_safe
def how_it_is(request: HttpRequest) -> HttpResponse:
    """The front page's part on the queue, if it is new: one query, one trip to the broker."""
    require(request, "view_run")
    card = queue_card()
    if card.seen == request.GET.get("seen"):
        return HttpResponse(status=NOTHING_NEW)
    return TemplateResponse(request, "cockpit/queue.html", {"card": card})


@require_safe
def batch(request: HttpRequest, number: int) -> HttpResponse:
    require(request, "view_run")
    page = _batch_or_404(request, number)
    if not wants_part(request):
        return render(request, "batch.html", f"Batch {number}", {"page": page})
    if page.seen == request.GET.get("seen"):
        return HttpResponse(status=NOTHING_NEW)
    return TemplateResponse(request, "cockpit/batch_live.html", {"page": page})


@require_POST
def cancel_batch(request: HttpRequest, number: int) -> HttpResponse:
    require(request, "view_run")
    page = _batch_or_404(request, number)
    cancelled = queue.cancel(page.batch)
    if wants_part(request):
        shown = {"page": _batch_or_404(request, number)}
        return TemplateResponse(request, "cockpit/batch_live.html", shown)
    if not cancelled:
        messages.info(request, "Every run of it was over.")
    return redirect("admin:batch", number)


def _run_or_404(request: HttpRequest, number: int) -> Run:
    mine = Run.objects.filter(learner=learner_of(request), pk=number)
    found = mine.select_related("kata").first()
    if not found:
        raise Http404(f"You have no run {number}.")
    return found


def _batch_or_404(request: HttpRequest, number: int) -> BatchPage:
    page = batch_page(number, learner_of(request))
    if not page:
        raise Http404(f"You have no batch {number}.")
    return page
