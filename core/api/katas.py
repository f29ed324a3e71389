"""Katas: the list, one with its brief, and the hints of one."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import runs
from core.api.errors import CONFLICT, ProblemSerializer, QueryError, missing
from core.api.learner import learner_of
from core.api.serializers import (
    HintSerializer,
    KataQuerySerializer,
    KatasSerializer,
    Standed,
    WantedHintSerializer,
    WholeKataSerializer,
)
from core.catalogue import catalogue, get, named
from core.documents import hints
from core.errors import KataError
from core.kata import Kata
from core.models import Help, Standing
from core.needs.find import wanted
from core.practice import grading


class KataList(APIView):
    """Every kata, in reading order."""

    @extend_schema(
        operation_id="katas", parameters=[KataQuerySerializer], responses=KatasSerializer
    )
    def get(self, request: Request) -> Response:
        query = KataQuerySerializer(data=request.query_params)
        if not query.is_valid():
            raise QueryError(query.errors)
        found = catalogue()
        mine = Standing.objects.filter(learner=learner_of(request))
        standings = {str(standing.kata_id): standing for standing in mine}
        katas = [Standed(kata, standings.get(kata.uuid)) for kata in found.katas]
        for name, value in query.validated_data.items():
            katas = [each for each in katas if FILTERS[name](each, value)]
        answer = {"katas": katas, "problems": [str(problem) for problem in found.problems]}
        return Response(KatasSerializer(answer, context={"request": request}).data)


def _says(each: Standed, words: str) -> bool:
    text = " ".join((each.slug, each.kata.title, *each.kata.topics)).casefold()
    return all(word in text for word in words.casefold().split())


FILTERS: dict[str, Callable[[Standed, Any], bool]] = {
    "track": lambda each, track: each.kata.track == track,
    "level": lambda each, level: each.kata.level == level,
    "status": lambda each, state: each.state == state,
    "needs": lambda each, need: need in (wanted(each.kata) or ("none",)),
    "search": _says,
}


class KataDetail(APIView):
    """One kata, with its brief."""

    @extend_schema(
        operation_id="kata", responses={200: WholeKataSerializer, CONFLICT: ProblemSerializer}
    )
    def get(self, request: Request, slug: str) -> Response:
        kata = kata_named(slug)
        mine = Standing.objects.filter(learner=learner_of(request), kata__uuid=kata.uuid)
        standed = Standed(kata, mine.first())
        return Response(WholeKataSerializer(standed, context={"request": request}).data)


class HintList(APIView):
    """Hints, a step at a time: what was shown, and the next."""

    @extend_schema(
        operation_id="hints",
        responses={200: HintSerializer(many=True), CONFLICT: ProblemSerializer},
    )
    def get(self, request: Request, slug: str) -> Response:
        """The steps that were shown, by task."""
        kata = kata_named(slug)
        shown = _shown(kata, learner_of(request))
        found = [_hint(kata, task, steps, shown.get(task, 0)) for task, steps in _steps(kata)]
        return Response(HintSerializer(found, many=True).data)

    @extend_schema(
        operation_id="show_hint",
        request=WantedHintSerializer,
        responses={200: HintSerializer, CONFLICT: ProblemSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Show one step more of a task's hint, and remember that it was shown."""
        kata, learner = kata_named(slug), learner_of(request)
        asked = WantedHintSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        task = asked.validated_data["task"]
        steps = dict(_steps(kata)).get(task)
        if steps is None:
            raise missing(f"{slug} has no hint for a task {task}.")
        step = min(_shown(kata, learner).get(task, 0) + 1, len(steps))
        runs.take_help(kata, Help.Kind.HINT, task=task, step=step, learner=learner)
        return Response(HintSerializer(_hint(kata, task, steps, step)).data)


def _shown(kata: Kata, learner: User) -> dict[int, int]:
    """By task; what was shown before the last grade is to be shown anew, as in the terminal."""
    return runs.hints_shown_by_task(kata, grading.last_graded(kata, learner), learner=learner)


def _steps(kata: Kata) -> list[tuple[int, tuple[str, ...]]]:
    """The steps of each task that kata.toml knows; none where the kata has no hints."""
    found = hints(kata) if (kata.folder / "hints.md").exists() else {}
    return [(task, steps) for task, steps in found.items() if 0 < task <= len(kata.tasks)]


def _hint(kata: Kata, task: int, steps: tuple[str, ...], shown: int) -> dict[str, Any]:
    title, left = kata.tasks[task - 1], max(len(steps) - shown, 0)
    return {"task": task, "title": title, "steps": steps[:shown], "left": left}


def kata_named(slug: str) -> Kata:
    """The kata; a problem of 404 where there is none, and a KataError where it does not read."""
    try:
        return get(slug)
    except KataError as error:
        if named(slug):
            raise
        raise missing(error.message, hint=error.hint) from error
