"""What a run's page shows: its verdict, and the files that it judged."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from core import runs
from core.cockpit import code
from core.cockpit.code import File
from core.cockpit.judged import Judged, asked, judged
from core.cockpit.live import Live, live
from core.models import Run


@dataclass(frozen=True)
class RunPage:
    run: Run
    live: Live | None
    judged: Judged | None
    files: tuple[File, ...]
    older: int | None  # the learner's runs of this kata, before and after
    newer: int | None


def run_page(number: int, learner: User) -> RunPage | None:
    """None where the learner has no such run."""
    mine = Run.objects.filter(learner=learner)
    run = mine.filter(pk=number).select_related("kata", "snapshot", "judgement").first()
    if not run:
        return None
    stored = run.judgement.verdict if hasattr(run, "judgement") else None
    verdict = judged(stored) if stored else None
    same = mine.filter(kata=run.kata_id).values_list("pk", flat=True)
    return RunPage(
        run,
        live(run),
        verdict,
        tuple(
            code.file(path, content, queries=asked(verdict.verdict, path) if verdict else None)
            for path, content in sorted(runs.files_of(run).items())
        ),
        same.filter(pk__lt=run.pk).order_by("-pk").first(),
        same.filter(pk__gt=run.pk).order_by("pk").first(),
    )
