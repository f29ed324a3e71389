"""Three middlewares of the shop, as many tutorials write them, and their place in the list."""

import threading
import time
import uuid

from django.conf import settings

_local = threading.local()


def current_request_id() -> str | None:
    """The id of the request that is being answered here; None outside of one."""
    return getattr(_local, "request_id", None)


def permissions_policy(get_response):
    """`Permissions-Policy` from the settings, on every answer that does not bring its own."""

    def middleware(request):
        response = get_response(request)
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response

    return middleware


def request_id(get_response):
    """`X-Request-ID`: the one that a trusted proxy sent, if it is well formed, else a new one."""

    def middleware(request):
        _local.request_id = request.headers.get("X-Request-ID") or uuid.uuid4().hex
        response = get_response(request)
        response.headers["X-Request-ID"] = _local.request_id
        return response

    return middleware


def timing(get_response):
    """`Server-Timing: app;dur=12.3`, milliseconds until the answer is there, after the view's own."""

    def middleware(request):
        start = time.time()
        response = get_response(request)
        response.headers["Server-Timing"] = f"app;dur={time.time() - start}"
        return response

    return middleware


MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    f"{__name__}.request_id",
    f"{__name__}.timing",
    f"{__name__}.permissions_policy",
]
