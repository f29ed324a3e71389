"""How good a learner's predictions were: the queries they expected before a first run."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, F, Q

from core.kata import Kata
from core.models import Prediction
from core.runs import whose


@dataclass(frozen=True)
class Predicted:
    """What was said of a call, and what it sent; of `made` predictions of all katas `right` were right."""

    call: str
    said: int
    sent: int
    made: int
    right: int


def predicted(kata: Kata, learner: User | None = None) -> Predicted | None:
    """None where nothing was said, or nothing could be measured. Two queries at most."""
    told = Prediction.objects.filter(
        **whose(learner), queries__isnull=False, measured__isnull=False
    )
    row = told.filter(kata__uuid=kata.uuid).first()
    if not row or row.queries is None or row.measured is None:
        return None
    sums = told.aggregate(made=Count("pk"), right=Count("pk", filter=Q(queries=F("measured"))))
    return Predicted(row.call, row.queries, row.measured, **sums)
