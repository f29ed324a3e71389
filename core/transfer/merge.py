"""Records from elsewhere merged with a learner's rows: what is here stays, what is new is added."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.contrib.auth.models import User

from core import runs, standings
from core.catalogue import track_place
from core.models import Following, Help, Kata, Prediction, Run, Snapshot
from core.source import Source
from core.transfer import form
from core.transfer.cards import merge_cards
from core.transfer.form import fitting, moment
from core.verdict import verdict_from_json


class Merge:
    """A method a section, each called with some of its records until there are no more, then `finish`.

    `new` counts what was not here, `files` holds the learner's files of each kata. ValueError says
    what is wrong with a record. All inside a transaction.
    """

    def __init__(self, learner: User) -> None:
        self.learner = learner
        self.new: Counter[str] = Counter()
        self.files_of: dict[str, dict[str, bytes]] = {}
        self.known = {str(uuid) for uuid in Kata.objects.values_list("pk", flat=True)}
        self.changed: set[str] = set()  # katas with runs that were not here

    def kata(self, uuid: str) -> str:
        if uuid not in self.known:
            raise ValueError(f"the kata {uuid} is not among its katas")
        return uuid

    def katas(self, records: Iterator[form.KataRecord]) -> None:
        made = []
        for record in records:
            if str(UUID(record.uuid)) != record.uuid:
                raise ValueError(f"{record.uuid!r} is not written as a UUID is")
            if record.uuid not in self.known:
                self.known.add(record.uuid)
                row = Kata(**vars(record), track_place=track_place(record.track))
                made.append(fitting(row))
        Kata.objects.bulk_create(made)

    def snapshots(self, records: Iterator[form.SnapshotRecord]) -> None:
        found = {}
        for record in records:
            content = form.content(record.files)
            if Source("", Path(), content).checksum != record.checksum:
                raise ValueError(f"the files of {record.checksum} are others than it says")
            found[record.checksum] = content
        for known in Snapshot.objects.filter(pk__in=found).values_list("pk", flat=True):
            del found[known]
        Snapshot.objects.bulk_create(
            Snapshot(checksum=checksum, files=runs.encode(content))
            for checksum, content in found.items()
        )

    def runs(self, records: Iterator[form.RunRecord]) -> None:
        judged = {}
        for record in records:
            run = Run(
                kata_id=self.kata(record.kata),
                learner=self.learner,
                snapshot_id=record.snapshot,
                started_at=moment(record.started_at),
                queued_at=moment(record.queued_at) if record.queued_at else None,
                wait=record.wait,
            )
            verdict = verdict_from_json(record.verdict)
            run.source = verdict.source[:500]
            runs.describe(run, verdict)
            judged[record.kata, run.started_at, run.source, run.seed] = (
                fitting(run),
                record.verdict,
            )
        needed = {run.snapshot_id for run, _ in judged.values() if run.snapshot_id}
        there = Snapshot.objects.filter(pk__in=needed).values_list("pk", flat=True)
        if missing := needed.difference(there):
            raise ValueError(f"the files {missing.pop()} of a run are not among the snapshots")
        at = {run.started_at for run, _ in judged.values()}
        here = Run.objects.filter(learner=self.learner, started_at__in=at)
        for kata, *key in here.values_list("kata", "started_at", "source", "seed"):
            judged.pop((str(kata), *key), None)  # type: ignore[arg-type]
        runs.adopt(list(judged.values()))
        self.changed |= {kata for kata, *_ in judged}
        self.new["runs"] += len(judged)

    def help(self, records: Iterator[form.HelpRecord]) -> None:
        known = {
            (str(row.kata_id), row.kind, row.task, row.step): row
            for row in Help.objects.filter(learner=self.learner)
        }
        changed = {}
        for record in records:
            key = (self.kata(record.kata), record.kind, record.task, record.step)
            at = moment(record.at)
            if key not in known:
                row = fitting(Help(kata_id=key[0], kind=key[1], task=key[2], step=key[3]))
                row.learner = self.learner
                row.save(force_insert=True)
                known[key] = row
                self.new["help"] += 1
            elif at <= known[key].at:
                continue
            known[key].at = at  # the later of two: it is what the next grade looks at
            changed[key] = known[key]
        Help.objects.bulk_update(changed.values(), ["at"], batch_size=100)

    def predictions(self, records: Iterator[form.PredictionRecord]) -> None:
        mine = Prediction.objects.filter(learner=self.learner)
        known = {str(kata) for kata in mine.values_list("kata", flat=True)}
        for record in records:
            if self.kata(record.kata) in known:
                continue
            known.add(record.kata)
            made_at = moment(record.made_at)
            row = Prediction(
                kata_id=record.kata,
                learner=self.learner,
                call=record.call,
                queries=record.queries,
                measured=record.measured,
            )
            fitting(row).save(force_insert=True)
            mine.filter(pk=row.pk).update(made_at=made_at)  # made with the time of now
            self.new["predictions"] += 1

    def cards(self, records: Iterator[form.CardRecord]) -> None:
        known = (record for record in records if self.kata(record.kata))
        self.new += merge_cards(self.learner, known)

    def files(self, records: Iterator[form.FilesRecord]) -> None:
        for record in records:
            self.files_of[self.kata(record.kata)] = form.content(record.files)

    def finish(self, path: str | None) -> None:
        standings.restand(self.learner, self.changed)
        standings.recount_days(self.learner)
        if path:
            Following.objects.get_or_create(learner=self.learner, defaults={"path": path})
