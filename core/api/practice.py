"""What comes again: the cards that are due."""

from dataclasses import dataclass
from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.learner import learner_of
from core.api.serializers import DaySerializer, PracticeSerializer
from core.catalogue import catalogue
from core.practice import cards, days


@dataclass(frozen=True)
class Due:
    """A card with its kata's name; the field names are those of the answer."""

    slug: str
    title: str
    question: int
    at: datetime | None
    repeated: bool
    planned: bool


class Practice(APIView):
    """What is due today. A kata is repeated by `kata NAME --again`, a question by `kata --quiz`."""

    @extend_schema(operation_id="practice", responses=PracticeSerializer)
    def get(self, request: Request) -> Response:
        learner = learner_of(request)
        known = {kata.uuid: kata for kata in catalogue().katas}
        due = [
            Due(
                known[each.kata].slug,
                known[each.kata].title,
                each.question,
                each.at,
                each.repeated,
                each.planned,
            )
            for each in cards.due(learner)
            if each.kata in known
        ]
        answer = {"due": due, "coming": cards.coming(learner)}
        return Response(PracticeSerializer(answer, context={"request": request}).data)


class Days(APIView):
    """What was done on each of the last 84 days, the oldest first: what `kata --calendar` shows."""

    @extend_schema(operation_id="days", responses=DaySerializer(many=True))
    def get(self, request: Request) -> Response:
        found = days.days(learner=learner_of(request))
        return Response(DaySerializer(found, many=True).data)
