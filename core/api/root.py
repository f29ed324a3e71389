"""Where everything is, and what to say where nothing is."""

from typing import Any

from django.urls import Resolver404, resolve
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api.errors import missing

PLACES = ("katas", "runs", "progress", "schema")


class Root(APIView):
    """The workspace for programs. Each address answers with a page in a browser, and with JSON else."""

    @extend_schema(
        operation_id="places",
        responses=inline_serializer("Places", {name: serializers.URLField() for name in PLACES}),
    )
    def get(self, request: Request) -> Response:
        return Response({name: reverse(f"api:{name}", request=request) for name in PLACES})


@extend_schema(exclude=True)
class Nothing(APIView):
    """Every other address under /api/, for any method."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise missing(f"There is no {request.path} here.", hint=_hint(request))


def _hint(request: Request) -> str:
    try:
        found = resolve(f"{request.path_info}/")
    except Resolver404:
        found = None
    if found and getattr(found.func, "view_class", None) is not Nothing:
        return f"Addresses end with a slash: {request.path}/"
    return "GET /api/ lists what there is."
