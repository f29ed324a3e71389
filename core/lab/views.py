"""Our pages of a lab: the calls, how much data, and what one looks with."""

import re
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.views.decorators.http import require_POST, require_safe

from core.judge.growth import WORDS, curve_of
from core.judge.memory import size as memory
from core.lab import looking, recording
from core.lab.bench import BENCH, duration, said
from core.lab.overlay import lab
from core.lab.pages import page
from core.lab.people import log_in, logged_in
from core.verdict import Point

MOST_BOOKS = 1_000_000
VENDORS = {"memory": "SQLite", "file": "SQLite", "postgres": "PostgreSQL"}


@require_safe
def bench(request: HttpRequest) -> HttpResponse:
    """The calls, and what the chosen one gave: it is done now, with the code as it is now."""
    name = request.GET.get("call", "")
    calls = list(BENCH.lab.calls) if BENCH.lab else []
    earned = BENCH.gate.ask("earned").get("earned", False) if calls else False
    context: dict[str, Any] = {
        "calls": calls,
        "name": name if name in calls else "",
        "unknown": name if name not in calls else "",
        "size": BENCH.size,
        "sizes": BENCH.lab.sizes if BENCH.lab else (),
        "counts": BENCH.counts(),
        "earned": earned,
        "pages": own_pages(),
        "silk": looking.wants_silk(request),
        "vendors": list(dict.fromkeys(VENDORS.get(each, each) for each in BENCH.databases)),
        "people": BENCH.people,
        "who": {str(key): name for key, name in BENCH.people}.get(logged_in(request), ""),
        "tables": own_tables(),
    }
    if context["name"]:
        context["called"] = BENCH.call(name)
        if earned and "reference" in request.GET:
            context["reference"] = reference(name)
    return page(request, "lab/bench.html", context)


def reference(name: str) -> dict[str, Any]:
    """What the solution gave and cost for the same call, or the problem of it."""
    found = BENCH.gate.ask("reference", size=BENCH.size)
    if "calls" not in found:
        return {"problem": found.get("problem", "The reference was not there in time.")}
    call = found["calls"].get(name)
    if call:
        words = {"cost": said(call["value"], call["unit"]), "time": duration(call["seconds"])}
        return {"call": call | words}
    return {"problem": f"The reference has no call {name}."}


@require_POST
def size(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("size", "")
    if text.isdecimal() and 1 <= int(text) <= MOST_BOOKS:
        BENCH.fill(int(text))
    else:
        messages.error(request, f"{text!r} is no size: write a number from 1 to {MOST_BOOKS:,}.")
    return redirect(address(request.POST.get("call", "")))


@require_safe
def sizes(request: HttpRequest) -> HttpResponse:
    """The call at several sizes, without the toolbar: it would remember every query of it."""
    name = request.GET.get("call", "")
    if not BENCH.lab or name not in BENCH.lab.calls:
        return redirect("lab")
    context: dict[str, Any] = {"name": name, "unit": BENCH.lab.unit, "counts": BENCH.counts()}
    try:
        points = BENCH.by_size(name)
    except Exception as error:  # noqa: BLE001 - the learner's code may raise anything
        return page(request, "lab/sizes.html", context | {"problem": BENCH.said(error)})
    curve = curve_of(tuple(Point(each.size, each.value, each.seconds) for each in points))
    rows = [(each, memory(each.memory), duration(each.seconds)) for each in points]
    return page(request, "lab/sizes.html", context | {"rows": rows, "curve": WORDS[curve]})


@require_POST
def profile(request: HttpRequest) -> HttpResponse:
    """The same call, or all of them, recorded by Silk; then its page there. A program gets its address."""
    name = request.POST.get("call", "")
    calls = list(BENCH.lab.calls) if BENCH.lab else []
    asks = "text/plain" in request.headers.get("Accept", "")
    if not calls or (name and name not in calls):
        has = f"Its calls: {'; '.join(calls)}." if calls else "It has no lab.py."
        words = f"The lab of {lab('slug')} has no call {name!r}. {has}"
        if asks:
            return HttpResponse(words, content_type="text/plain", status=404)
        messages.error(request, words)
        return redirect("lab")
    address = recorded_at(recording.record([name] if name else calls))
    return HttpResponse(address, content_type="text/plain") if asks else redirect(address)


def recorded_at(number: str) -> str:
    return reverse("silk:request_detail", args=[number])


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look at the kata's own pages with Silk from now on, or with the toolbar again."""
    response = redirect("lab")
    if request.POST.get("with") == "silk":
        response.set_cookie(looking.cookie(), "silk", httponly=True, samesite="Lax")
    else:
        response.delete_cookie(looking.cookie(), samesite="Lax")
    return response


@require_POST
def people(request: HttpRequest) -> HttpResponse:
    """Log in as one of the users that the kata's lab.py made, or out."""
    log_in(request, request.POST.get("key", ""))
    return redirect("lab")


def address(call: str) -> str:
    return reverse("lab") + (f"?{urlencode({'call': call})}" if call else "")


def own_pages() -> list[str]:
    """The kata's own addresses that need no arguments, and the patterns of those that do."""
    from core.lab.overlay import has_urls

    if not has_urls(lab("urls")):
        return []
    found: list[str] = []
    _collect(get_resolver(lab("urls")).url_patterns, "/", found)
    return sorted(dict.fromkeys(found))


def _collect(patterns: Any, before: str, found: list[str]) -> None:
    for each in patterns:
        route = f"{before}{each.pattern}"
        if isinstance(each, URLPattern):
            # An API's router has each address once more, with a format such as ".json".
            found += [] if "format>" in route else [_readable(route)]
        else:
            _collect(each.url_patterns, route, found)


def _readable(route: str) -> str:
    """`/books/<int:pk>/`, also of a regular expression."""
    route = re.sub(r"\(\?P(<\w+>)[^()]*\)", r"\1", route)
    return route.replace("^", "").replace("\\Z", "").replace("$", "").replace("\\.", ".")


def own_tables() -> list[tuple[str, str]]:
    """The kata's models in the admin."""
    label = lab("slug")
    found = (
        (m, _reversed(f"admin:{label}_{m._meta.model_name}_changelist")) for m in _models(label)
    )
    return [(str(model._meta.verbose_name_plural), url) for model, url in found if url]


def _models(label: str) -> list[Any]:
    return list(apps.get_app_config(label).get_models())


def _reversed(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
