"""How far one is: by track, and what is next."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import runs
from core.api.learner import learner_of
from core.api.serializers import ProgressSerializer
from core.catalogue import catalogue
from core.practice import following
from core.report.overview import next_kata, passed_of


class ProgressDetail(APIView):
    """Katas that passed, by track, and what is next: of the path that one follows, then of all."""

    @extend_schema(operation_id="progress", responses=ProgressSerializer)
    def get(self, request: Request) -> Response:
        found, learner = catalogue(), learner_of(request)
        katas, progress = found.katas, runs.progress(learner)
        path = following.followed(learner)
        done = passed_of(found, progress)
        upcoming = next_kata(found, done, path=path)
        todo = [kata for kata in katas if kata.uuid not in done]
        tracks = [
            {
                "track": track,
                "katas": sum(kata.track == track for kata in katas),
                "passed": sum(kata.track == track and kata.uuid in done for kata in katas),
                "next": next((kata.slug for kata in todo if kata.track == track), None),
            }
            for track in dict.fromkeys(kata.track for kata in katas)
        ]
        answer = {
            "katas": len(katas),
            "passed": len(done),
            "path": path.name if path else None,
            "next": upcoming.slug if upcoming else None,
            "tracks": tracks,
        }
        return Response(ProgressSerializer(answer).data)
