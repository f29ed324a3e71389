"""What the web server answers beside the pages: how it is, and the link that `scripts/serve` prints."""

import ipaddress

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from core.login import redeem
from core.queue.health import health as measured

BACKEND = "django.contrib.auth.backends.ModelBackend"
USED = (
    "This link was used, or is older than ten minutes. Run `scripts/serve` once more for a new one."
)


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 where a run from the browser would be judged now, else 503; the parts say why."""
    found = measured()
    status = 200 if found.ok else 503
    return JsonResponse(found.to_json(), status=status)


@require_GET  # what looks ahead with HEAD does not use it up
@never_cache
def log_in(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: from this machine, or a network that the settings name, through no proxy."""
    learner = redeem(token) if _is_local(request) else None
    if learner is None:
        return HttpResponseForbidden(USED, content_type="text/plain; charset=utf-8")
    login(request, learner, backend=BACKEND)
    return redirect("admin:index")


def _is_local(request: HttpRequest) -> bool:
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    try:
        address = ipaddress.ip_address(request.META["REMOTE_ADDR"])
    except ValueError:
        return False
    near = address.is_loopback or any(address in network for network in settings.LOGIN_FROM)
    return near and not forwarded
