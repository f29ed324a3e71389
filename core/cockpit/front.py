"""What the front page shows: what is next and due, how far each track is, the newest runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from core import runs
from core.catalogue import catalogue
from core.cockpit.due import Along, DuePractice, along, due_practice
from core.cockpit.year import Year, year
from core.errors import KataError
from core.kata import Kata
from core.models import Run
from core.report.overview import next_kata, passed_of
from core.runs import Progress

RECENT = 8


@dataclass(frozen=True)
class TrackRow:
    """A track, how many of its katas passed, and the first that did not."""

    name: str
    passed: int
    total: int
    todo: Kata | None


@dataclass(frozen=True)
class Front:
    passed: int
    total: int
    next: Kata | None
    begun: bool  # the next kata was run before
    due: DuePractice
    along: Along
    tracks: tuple[TrackRow, ...]
    recent: tuple[Run, ...]
    year: Year
    problems: tuple[KataError, ...]


def front(learner: User) -> Front:
    found = catalogue()
    progress = runs.progress(learner)
    path = along(found, progress, learner)
    following = next_kata(found, passed_of(found, progress), path=path.path)
    tracks: dict[str, list[Kata]] = {}
    for kata in found.katas:
        tracks.setdefault(kata.track, []).append(kata)
    rows = tuple(_track(name, katas, progress) for name, katas in tracks.items())
    return Front(
        sum(row.passed for row in rows),
        len(found.katas),
        following,
        bool(following and following.uuid in progress),
        due_practice(found, learner),
        path,
        rows,
        recent_runs(learner),
        year(learner, timezone.localdate()),
        (*found.problems, *([path.problem] if path.problem else [])),
    )


def recent_runs(learner: User) -> tuple[Run, ...]:
    mine = Run.objects.filter(learner=learner).select_related("kata")
    return tuple(mine.order_by("-pk")[:RECENT])


def _track(name: str, katas: list[Kata], progress: Mapping[str, Progress]) -> TrackRow:
    todo = [kata for kata in katas if not progress.get(kata.uuid, Progress()).passed]
    return TrackRow(name, len(katas) - len(todo), len(katas), todo[0] if todo else None)
