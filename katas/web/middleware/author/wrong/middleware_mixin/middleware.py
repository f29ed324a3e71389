"""Three middlewares of the shop, for sync and async servers alike, and their place in the list."""

import re
import time
import uuid
from contextvars import ContextVar

from django.conf import settings
from django.utils.deprecation import MiddlewareMixin

# One value a thread and, on an async server, one a task: there, many requests share a thread.
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_request_id() -> str | None:
    """The id of the request that is being answered here; None outside of one."""
    return _request_id.get()


class PermissionsPolicyMiddleware(MiddlewareMixin):
    """`Permissions-Policy` from the settings, on every answer that does not bring its own."""

    def process_response(self, request, response):
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class RequestIdMiddleware(MiddlewareMixin):
    """`X-Request-ID`: the one that a trusted proxy sent, if it is well formed, else a new one."""

    def process_request(self, request):
        number = request.headers.get("X-Request-ID", "")
        trusted = request.META.get("REMOTE_ADDR") in settings.TRUSTED_PROXIES
        if not (trusted and re.fullmatch("[A-Za-z0-9-]{8,64}", number)):
            number = uuid.uuid4().hex
        request.number = number
        request.token = _request_id.set(number)

    def process_response(self, request, response):
        _request_id.reset(request.token)
        response.headers["X-Request-ID"] = request.number
        return response


class TimingMiddleware(MiddlewareMixin):
    """`Server-Timing: app;dur=12.3`, milliseconds until the answer is there, after the view's own."""

    def process_request(self, request):
        request.start = time.perf_counter()

    def process_response(self, request, response):
        mine = f"app;dur={(time.perf_counter() - request.start) * 1000:.1f}"
        others = response.headers.get("Server-Timing")
        response.headers["Server-Timing"] = f"{others}, {mine}" if others else mine
        return response


permissions_policy = PermissionsPolicyMiddleware
request_id = RequestIdMiddleware
timing = TimingMiddleware


# The first is the outermost. One that answers by itself leaves out all that stand below it; and
# what those below the cache write on an answer is kept with it, for the next visitor.
MIDDLEWARE = [
    f"{__name__}.request_id",
    f"{__name__}.timing",
    f"{__name__}.permissions_policy",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
]
