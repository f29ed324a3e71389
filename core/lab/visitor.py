"""Who asks for a page of the lab."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def visitor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: whoever has the lab's link, without a login; nobody where there are no users."""
    from django.apps import apps

    if not apps.is_installed("django.contrib.auth"):
        return get_response
    from core.lab.admin import Visitor

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = Visitor()
        return get_response(request)

    return middleware
