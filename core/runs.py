"""The only writer of runs and of help taken, and the reads that the faces need."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from core import models, standings
from core.catalogue import reading_order
from core.errors import KataError
from core.kata import Kata
from core.source import Source
from core.standings import OWN as OWN  # the source that is the learner's
from core.verdict import Verdict

LOCAL = "learner"  # who works on this machine; made by the first migrate


@dataclass(frozen=True)
class Progress:
    """How far one kata is: `runs` of the learner's own file, whether one passed, when the last was."""

    runs: int = 0
    passed: bool = False
    last: datetime | None = None


def local_learner() -> User:
    try:
        return get_user_model().objects.get(username=LOCAL)
    except User.DoesNotExist:
        raise KataError(
            f"There is no user {LOCAL!r}, who works on this machine.",
            hint=f"Make it again: `python manage.py createsuperuser --username {LOCAL}`.",
        ) from None


def whose(learner: User | None) -> dict[str, Any]:
    """What to filter rows by: those of this learner, or of the local one."""
    return {"learner": learner} if learner else {"learner__username": LOCAL}


@transaction.atomic
def store(
    verdict: Verdict, files: Source | None, *, kata: Kata, learner: User | None = None
) -> models.Run:
    """Keep a verdict, and what it judged (once a checksum)."""
    run = models.Run(
        kata=row(kata), learner=learner or local_learner(), source=verdict.source[:500]
    )
    run.started_at = timezone.now() - timedelta(seconds=verdict.duration)
    conclude(run, verdict, files)
    return run


def conclude(run: models.Run, verdict: Verdict, files: Source | None) -> None:
    """Write what came of a run, and how its learner stands now. Inside a transaction."""
    if files:
        run.snapshot, _ = models.Snapshot.objects.get_or_create(
            checksum=files.checksum, defaults={"files": encode(files.files)}
        )
    describe(run, verdict)
    run.save()
    models.Judgement.objects.create(run=run, verdict=verdict.to_json())
    standings.add(run, own=verdict.source == OWN and verdict.counts)


def adopt(judged: Sequence[tuple[models.Run, dict[str, Any]]]) -> None:
    """Write runs that were concluded elsewhere, with the JSON form of their verdicts.

    Inside a transaction, with `core.standings` to sum them up after it.
    """
    models.Run.objects.bulk_create([run for run, _ in judged])
    models.Judgement.objects.bulk_create(
        models.Judgement(run=run, verdict=verdict) for run, verdict in judged
    )


def describe(run: models.Run, verdict: Verdict) -> None:
    """The columns of a run that its verdict says."""
    run.seed, run.status = verdict.seed, verdict.status.value
    run.passed, run.cases = verdict.passed, len(verdict.cases)
    run.duration = verdict.duration
    if dearest := verdict.dearest:
        run.queries, run.budget = int(dearest.value), int(dearest.limit or 0)


def row(kata: Kata) -> models.Kata:
    """The kata's row, made or brought up to date from its folder."""
    values = _columns(kata)
    found, made = models.Kata.objects.get_or_create(uuid=kata.uuid, defaults=values)
    if not made and any(getattr(found, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(found, name, value)
        found.save(update_fields=list(values))
    return found


def sync(katas: Sequence[Kata]) -> set[str]:
    """Rows for all katas, as their folders are now. One query to read, one to write if need be.

    The uuids of the rows that are none of these.
    """
    columns = ["slug", "track", "title", "level", "track_place", "order"]
    known = {str(each.pop("uuid")): each for each in models.Kata.objects.values("uuid", *columns)}
    changed = [kata for kata in katas if known.get(kata.uuid) != _columns(kata)]
    models.Kata.objects.bulk_create(
        [models.Kata(uuid=kata.uuid, **_columns(kata)) for kata in changed],
        update_conflicts=True,
        unique_fields=["uuid"],
        update_fields=columns,
    )
    return known.keys() - {kata.uuid for kata in katas}


def _columns(kata: Kata) -> dict[str, Any]:
    track_place, track, order, level, slug = reading_order(kata)
    return {
        "slug": slug,
        "track": track,
        "title": kata.title[:200],
        "level": level,
        "track_place": track_place,
        "order": order,
    }


def encode(files: dict[str, bytes]) -> dict[str, str | dict[str, str]]:
    """Files as JSON values: text where they are UTF-8 without a NUL, which PostgreSQL has in no text,
    else {"base64": …}."""
    encoded: dict[str, str | dict[str, str]] = {}
    for path, content in files.items():
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = None
        if text is None or "\0" in text:
            encoded[path] = {"base64": base64.b64encode(content).decode()}
        else:
            encoded[path] = text
    return encoded


def decode(files: dict[str, str | dict[str, str]]) -> dict[str, bytes]:
    return {
        path: value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])
        for path, value in files.items()
    }


def take_help(
    kata: Kata, kind: str, *, task: int = 0, step: int = 0, learner: User | None = None
) -> None:
    """Remember that it was taken, now: once more counts for the grade that comes next."""
    learner = learner or local_learner()
    what = {"kata": row(kata), "learner": learner, "kind": kind, "task": task, "step": step}
    if not models.Help.objects.filter(**what).update(at=timezone.now()):
        models.Help.objects.create(**what)


def hints_shown(kata: Kata, task: int, since: datetime | None = None) -> int:
    """How many steps of this task's hint were shown, after that moment if one is given."""
    return _help(kata, models.Help.Kind.HINT, since).filter(task=task).count()


def gave_up(kata: Kata) -> bool:
    return gave_up_at(kata) is not None


def gave_up_at(kata: Kata, learner: User | None = None) -> datetime | None:
    """When a learner gave up last."""
    taken = _help(kata, models.Help.Kind.GAVE_UP, None, learner)
    return taken.values_list("at", flat=True).first()


def _help(
    kata: Kata, kind: str, since: datetime | None, learner: User | None = None
) -> QuerySet[models.Help]:
    taken = models.Help.objects.filter(**whose(learner), kata__uuid=kata.uuid, kind=kind)
    return taken.filter(at__gt=since) if since else taken


def hints_shown_by_task(
    kata: Kata, since: datetime | None = None, *, learner: User
) -> dict[int, int]:
    """How many steps of each task's hint a learner was shown, after that moment. One query."""
    shown = _help(kata, models.Help.Kind.HINT, since, learner)
    return dict(shown.order_by().values_list("task").annotate(Count("pk")))


def has_passed(kata: Kata, learner: User | None = None) -> bool:
    mine = models.Standing.objects.filter(**whose(learner), kata__uuid=kata.uuid)
    return mine.filter(passes__gt=0).exists()


def may_predict(kata: Kata) -> bool:
    """Whether the local learner neither ran this kata nor was asked for a prediction."""
    mine = {"kata__uuid": kata.uuid, "learner__username": LOCAL}
    asked = models.Prediction.objects.filter(**mine).exists()
    return not asked and not models.Run.objects.filter(**mine).exists()


def predict(kata: Kata, call: str, queries: int | None, measured: int | None) -> None:
    """Remember what the learner expected; None where they skipped the question."""
    models.Prediction.objects.get_or_create(
        kata=row(kata),
        learner=local_learner(),
        defaults={"call": call[:500], "queries": queries, "measured": measured},
    )


def progress(learner: User | None = None) -> dict[str, Progress]:
    """By uuid; katas that were never run are not in it. One query."""
    mine = models.Standing.objects.filter(**whose(learner))
    rows = mine.values_list("kata", "runs", "passes", "last_at")
    return {str(kata): Progress(runs, passes > 0, last) for kata, runs, passes, last in rows}


def passed(learner: User | None = None) -> set[str]:
    """The uuids of the katas that passed once. One query."""
    mine = models.Standing.objects.filter(passes__gt=0, **whose(learner))
    return {str(kata) for kata in mine.values_list("kata", flat=True).iterator(5000)}


def history(kata: Kata, limit: int = 20) -> list[models.Run]:
    """The newest runs first."""
    return list(_newest(kata__uuid=kata.uuid, duration__isnull=False)[:limit])


def _newest(**which: Any) -> QuerySet[models.Run]:
    """The local learner's runs by time: those that were imported are newer as rows alone."""
    runs = models.Run.objects.filter(**whose(None), started_at__isnull=False, **which)
    return runs.order_by("-started_at", "-pk")


def attempts(kata: Kata, number: int | None = None) -> tuple[models.Run, models.Run] | None:
    """The newest run of the learner's own file, and one before it: that `number`, or the newest
    with other files. None where there are no two."""
    mine = _newest(kata__uuid=kata.uuid, source=OWN, snapshot__isnull=False)
    runs = mine.select_related("snapshot", "judgement")
    new = runs.first()
    if not new:
        return None
    others = runs.exclude(pk=new.pk)
    old = others.filter(pk=number) if number else others.exclude(snapshot=new.snapshot_id)
    found = old.first()
    return (found, new) if found else None


def files_of(run: models.Run) -> dict[str, bytes]:
    """What a run judged; nothing where the files could not be read."""
    return decode(run.snapshot.files) if run.snapshot else {}


def find(kata: Kata, number: int) -> models.Run | None:
    runs = models.Run.objects.filter(kata__uuid=kata.uuid, learner__username=LOCAL)
    return runs.select_related("snapshot").filter(pk=number).first()


def last_verdict(kata: Kata) -> dict[str, object] | None:
    """The JSON form of the newest verdict on the learner's own file."""
    judged = _newest(kata__uuid=kata.uuid, source=OWN, judgement__isnull=False)
    return judged.values_list("judgement__verdict", flat=True).first()


def focus() -> str | None:
    """The slug of the kata that was run last: what commands without a name mean."""
    return _newest().values_list("kata__slug", flat=True).first()
