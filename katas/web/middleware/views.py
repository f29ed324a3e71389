"""What the shop answers, and how it fails. Given: the tests send requests to these views."""

from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse

from .middleware import current_request_id


class Stopped(BaseException):
    """As when a worker has to stop, or a client hangs up, while a view runs."""


def found(request):
    return HttpResponse(current_request_id())


async def afound(request):
    return found(request)


def not_found(request):
    raise Http404


def redirects(request):
    return HttpResponseRedirect("/elsewhere/")


def fails(request):
    raise ValueError("planted")


def stops(request):
    raise Stopped


def uploads(request):
    """Reads the body by itself, piece by piece."""
    while request.read(64):
        pass
    return HttpResponse("stored")


def streams(request):
    """A page whose chunks are made when the server sends them, and not before."""

    def chunks():
        raise ValueError("read by a middleware")
        yield b"a chunk"

    return StreamingHttpResponse(chunks())
