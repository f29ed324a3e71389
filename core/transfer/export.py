"""All of a learner's progress as one JSON document, a line a record, never whole in memory."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from core import runs
from core.catalogue import catalogue
from core.models import Card, Following, Help, Kata, Prediction, Run, Snapshot
from core.source import UnreadableSource, read_source, shipped
from core.transfer import form
from core.transfer.form import shown

CHUNK = 500  # rows at a time


def document(learner: User, counts: Counter[str]) -> Iterator[str]:
    """The document as pieces of text; `counts` says how much each section held, as it is read."""
    path = Following.objects.filter(learner=learner).values_list("path", flat=True).first()
    head = {"format": form.FORMAT, "version": form.VERSION}
    yield json.dumps(head | {"exported_at": shown(timezone.now()), "path": path})[:-1]
    newest = Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for name, records in SECTIONS.items():
        yield f',\n"{name}": ['
        for record in records(learner, newest):
            yield (",\n" if counts[name] else "\n") + json.dumps(record, default=vars)
            counts[name] += 1
            if isinstance(record, form.CardRecord):
                counts["reviews"] += len(record.reviews)
        yield "\n]"
    yield "\n}\n"


def _runs(learner: User, newest: int) -> QuerySet[Run]:
    """Those that were concluded, up to `newest`: the files of a run stand before it."""
    mine = Run.objects.filter(learner=learner, pk__lte=newest)
    return mine.filter(judgement__isnull=False, started_at__isnull=False)


def _katas(learner: User, newest: int) -> Iterator[form.KataRecord]:
    for row in Kata.objects.order_by("uuid"):
        yield form.KataRecord(str(row.uuid), row.slug, row.track, row.title, row.level)


def _snapshots(learner: User, newest: int) -> Iterator[form.SnapshotRecord]:
    judged = Exists(_runs(learner, newest).filter(snapshot=OuterRef("pk")))
    for row in Snapshot.objects.filter(judged).order_by("pk").iterator(CHUNK):
        yield form.SnapshotRecord(row.checksum, row.files)


def _run_records(learner: User, newest: int) -> Iterator[form.RunRecord]:
    rows = _runs(learner, newest).select_related("judgement").order_by("pk")
    for row in rows.iterator(CHUNK):
        yield form.RunRecord(
            kata=str(row.kata_id),
            snapshot=row.snapshot_id,
            started_at=shown(row.started_at) or "",
            queued_at=shown(row.queued_at),
            wait=row.wait,
            verdict=row.judgement.verdict,
        )


def _help(learner: User, newest: int) -> Iterator[form.HelpRecord]:
    for row in Help.objects.filter(learner=learner).order_by("at", "pk"):
        at = row.at.isoformat()
        yield form.HelpRecord(str(row.kata_id), row.kind, row.task, row.step, at)


def _predictions(learner: User, newest: int) -> Iterator[form.PredictionRecord]:
    for row in Prediction.objects.filter(learner=learner).order_by("made_at", "pk"):
        yield form.PredictionRecord(
            str(row.kata_id), row.call, row.queries, row.measured, row.made_at.isoformat()
        )


def _cards(learner: User, newest: int) -> Iterator[form.CardRecord]:
    rows = Card.objects.filter(learner=learner).order_by("kata", "heading")
    for row in rows.prefetch_related("reviews").iterator(CHUNK):
        reviews = sorted(row.reviews.all(), key=lambda each: each.at)
        yield form.CardRecord(
            kata=str(row.kata_id),
            heading=row.heading,
            question=row.question,
            due=shown(row.due),
            opened_at=shown(row.opened_at),
            tries=row.tries,
            reviews=tuple(
                form.ReviewRecord(each.rating, each.at.isoformat(), each.seconds)
                for each in reviews
            ),
        )


def _files(learner: User, newest: int) -> Iterator[form.FilesRecord]:
    """The files in place of each kata, where they are not as shipped."""
    for kata in catalogue().katas:
        try:
            files, as_shipped = read_source(kata).files, shipped(kata)
        except UnreadableSource:
            continue  # there is nothing of theirs to keep
        if files != as_shipped:
            yield form.FilesRecord(kata.uuid, runs.encode(files))


SECTIONS: dict[str, Callable[[User, int], Iterator[Any]]] = {
    "katas": _katas,
    "snapshots": _snapshots,
    "runs": _run_records,
    "help": _help,
    "predictions": _predictions,
    "cards": _cards,
    "files": _files,
}
