"""Runs: asked for, listed, followed, cancelled; and their verdicts."""

from typing import Any

import django_filters.rest_framework as django_filters
from django import forms
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import BaseSerializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from core import queue
from core.api.errors import CONFLICT, ProblemSerializer, conflict, missing
from core.api.learner import learner_of
from core.api.pages import HIGHEST, NewestFirst
from core.api.serializers import (
    QueuedSerializer,
    RunSerializer,
    WantedSerializer,
    WholeRunSerializer,
)
from core.api.throttles import RunThrottle
from core.api.verdicts import VerdictSerializer
from core.models import Batch, Kata, Run

LOCATION = OpenApiParameter(
    "Location", location=OpenApiParameter.HEADER, response=[202], description="As `url`."
)


@extend_schema_field(OpenApiTypes.INT64)
class NumberFilter(django_filters.NumberFilter):  # type: ignore[misc]
    """A whole number that the database can hold."""

    field_class = forms.IntegerField


class RunFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Each by an index that ends with -id."""

    kata = django_filters.CharFilter(method="of_kata", max_length=100, label="A kata's slug.")
    status = django_filters.ChoiceFilter(choices=Run.Result.choices)
    batch = NumberFilter(method="of_batch", min_value=1, max_value=HIGHEST, label="Of one request.")

    class Meta:
        model = Run
        fields = ("kata", "status", "batch")

    def of_kata(self, runs: QuerySet[Run], name: str, slug: str) -> QuerySet[Run]:
        """By key: a join would look at every run for those of a kata that has few."""
        katas = list(Kata.objects.filter(slug=slug).values_list("pk", flat=True))
        return runs.filter(kata=katas[0]) if len(katas) == 1 else runs.filter(kata__in=katas)

    def of_batch(self, runs: QuerySet[Run], name: str, number: int) -> QuerySet[Run]:
        """By key as well: a batch is small, and its learner may have a million runs."""
        return runs.filter(pk__in=Run.objects.filter(batch=number).values("pk"))


class RunList(ListAPIView[Run]):
    """One's own runs."""

    pagination_class = NewestFirst
    filter_backends = [django_filters.DjangoFilterBackend]
    filterset_class = RunFilter

    def get_queryset(self) -> QuerySet[Run]:
        return mine(self.request)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """What a POST takes is what the form of the page begins with."""
        return WantedSerializer if self.request.method == "POST" else RunSerializer

    def get_throttles(self) -> list[BaseThrottle]:
        more = [RunThrottle()] if self.request.method == "POST" else []
        return [*super().get_throttles(), *more]

    @extend_schema(operation_id="runs")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first; `next` is the address of the page that follows."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="ask_for_runs",
        request=WantedSerializer,
        responses={202: QueuedSerializer, CONFLICT: ProblemSerializer},
        parameters=[LOCATION],
    )
    def post(self, request: Request) -> Response:
        """Ask for a run of each kata. Workers judge them; follow them at `url`."""
        wanted = WantedSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        batch = queue.enqueue(
            wanted.validated_data["katas"],
            learner=learner_of(request),
            source=wanted.validated_data["source"],
        )
        data = of_batch(request, batch)
        return Response(data, status=202, headers={"Location": data["url"]})


class RunDetail(RetrieveAPIView[Run]):
    """One run, and how far it is while it is open."""

    serializer_class = WholeRunSerializer

    def get_object(self) -> Run:
        return run_of(self.request, self.kwargs["pk"])

    @extend_schema(operation_id="run")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class VerdictDetail(APIView):
    """What a run found: the JSON of `kata NAME --json`."""

    @extend_schema(operation_id="verdict", responses=VerdictSerializer)
    def get(self, request: Request, pk: int) -> Response:
        runs = mine(request).filter(pk=pk)
        verdict = runs.values_list("judgement__verdict", flat=True).first()
        if verdict is None:
            run = run_of(request, pk)
            raise missing(f"Run {pk} has no verdict: it is {run.status}.")
        return Response(verdict)


class CancelRun(APIView):
    """Cancel a run that has no verdict yet: it never starts, or ends within a second."""

    @extend_schema(
        operation_id="cancel",
        request=None,
        responses={200: WholeRunSerializer, CONFLICT: ProblemSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        run = run_of(request, pk)
        cancelled = queue.cancel(run)
        run.refresh_from_db()
        if not cancelled:
            raise conflict(f"Run {pk} cannot be cancelled: it is {run.status}.")
        return Response(WholeRunSerializer(run, context={"request": request}).data)


class CancelBatch(APIView):
    """Cancel all runs of one request that have no verdict yet."""

    @extend_schema(
        operation_id="cancel_batch",
        request=None,
        responses={200: QueuedSerializer, CONFLICT: ProblemSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        batch = Batch.objects.filter(learner=learner_of(request), pk=pk).first()
        if batch is None:
            raise missing(f"You have no batch {pk}.", hint="GET /api/runs/ names that of each run.")
        if not queue.cancel(batch):
            raise conflict(f"Batch {pk} cannot be cancelled: all of its runs are over.")
        return Response(of_batch(request, batch))


def of_batch(request: Request, batch: Batch) -> dict[str, Any]:
    """A batch as it is answered with; two queries."""
    rows = list(batch.runs.select_related("kata").order_by("pk"))
    url = reverse("api:runs", request=request) + f"?batch={batch.pk}"
    if len(rows) == 1:
        url = reverse("api:run", [rows[0].pk], request=request)
    answer = {"batch": batch.pk, "url": url, "runs": rows}
    data: dict[str, Any] = QueuedSerializer(answer, context={"request": request}).data
    return data


def mine(request: Request) -> QuerySet[Run]:
    return Run.objects.select_related("kata").filter(learner=learner_of(request).pk)


def run_of(request: Request, number: int) -> Run:
    """A run of whoever asks; somebody else's is as one that is not there."""
    run = mine(request).filter(pk=number).first()
    if run is None:
        raise missing(f"You have no run {number}.", hint="GET /api/runs/ lists yours.")
    return run
