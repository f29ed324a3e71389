"""Three middlewares of the shop, for sync and async servers alike, and their place in the list."""

import re
import time
import uuid
from contextlib import closing
from contextvars import ContextVar

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.utils.decorators import sync_and_async_middleware

# One value a thread and, on an async server, one a task: there, many requests share a thread.
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_request_id() -> str | None:
    """The id of the request that is being answered here; None outside of one."""
    return _request_id.get()


def both_ways(around):
    """Middleware from a generator: it takes the request, gets the answer by `yield`, and yields it.

    So what a middleware does is written once, and only the calling twice. Where there is no answer,
    the generator is closed at its `yield`: it can clean up, and it cannot stop the exception.
    """

    @sync_and_async_middleware
    def factory(get_response):
        def called(request):
            with closing(around(request)) as steps:
                next(steps)
                return steps.send(get_response(request))

        async def awaited(request):
            with closing(around(request)) as steps:
                next(steps)
                return steps.send(await get_response(request))

        # Django gives a coroutine function where everything below is async: then be one as well.
        return awaited if iscoroutinefunction(get_response) else called

    return factory


@both_ways
def permissions_policy(request):
    """`Permissions-Policy` from the settings, on every answer that does not bring its own."""
    response = yield
    response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
    yield response


@both_ways
def request_id(request):
    """`X-Request-ID`: the one that a trusted proxy sent, if it is well formed, else a new one."""
    number = request.headers.get("X-Request-ID", "")
    trusted = request.META.get("REMOTE_ADDR") in settings.TRUSTED_PROXIES
    # fullmatch: `$` lets a newline pass, and with it a second line in the log.
    if not (trusted and re.fullmatch("[A-Za-z0-9-]{8,64}", number)):
        number = uuid.uuid4().hex
    _request_id.set(number)
    response = yield
    response.headers["X-Request-ID"] = number
    yield response


@both_ways
def timing(request):
    """`Server-Timing: app;dur=12.3`, milliseconds until the answer is there, after the view's own."""
    start = time.perf_counter()  # a local variable: at any moment, many requests are on their way
    response = yield
    mine = f"app;dur={(time.perf_counter() - start) * 1000:.1f}"
    others = response.headers.get("Server-Timing")
    response.headers["Server-Timing"] = f"{others}, {mine}" if others else mine
    yield response


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
