"""Where everything is, and what to say where nothing is."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api.errors import missing

PLACES = ("katas", "runs", "progress", "practice", "schema")


class Root(APIView):
    """The workspace for programs. Each address answers with a page in a browser, and with JSON else."""

    @extend_schema(
        operation_id="places",
        responses=inline_serializer("Places", {name: serializers.URLField() for name in PLACES}),
    )
    def get(self, request: Request) -> Response:
        return Response({name: reverse(f"api:{name}", request=request) for name in PLACES})


class Nothing(APIView):
    """Says that there is nothing, to any method."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise missing(f"There is no {request.path} here.", hint=_hint(request))


@csrf_exempt  # as every APIView is: sessions are checked by their authentication
def nothing(request: HttpRequest) -> HttpResponseBase:
    """Every other address under /api/; a function, so that it is in no path that a page shows."""
    return Nothing.as_view()(request)


def _hint(request: Request) -> str:
    try:
        found = resolve(f"{request.path_info}/")
    except Resolver404:
        found = None
    if found and found.func is not nothing:
        return f"Addresses end with a slash: {request.path}/"
    return "GET /api/ lists what there is."
