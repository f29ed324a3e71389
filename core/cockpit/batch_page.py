"""What the page of a batch shows: each run with how far it is, and the whole."""

import zlib
from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.models import User

from core import queue
from core.models import Batch, Run
from core.queue import Progress
from core.queue.health import workers


@dataclass(frozen=True)
class BatchRow:
    """A run; `progress` while it is running."""

    run: Run
    progress: Progress | None


@dataclass(frozen=True)
class BatchPage:
    """`counts` is how many runs there are by status; `idle` says that nobody is there to judge them."""

    batch: Batch
    rows: tuple[BatchRow, ...]
    counts: dict[str, int]
    idle: bool

    @property
    def open(self) -> int:
        return sum(self.counts.get(status, 0) for status in Run.OPEN)

    @property
    def done(self) -> int:
        return len(self.rows) - self.open

    @property
    def seen(self) -> str:
        """Differs where the page would show something else."""
        shown = [(row.run.status, row.progress and row.progress.done) for row in self.rows]
        return f"{zlib.crc32(repr((shown, self.idle)).encode()):x}"


def batch_page(number: int, learner: User) -> BatchPage | None:
    """None where the learner has no such batch.

    Two queries, and one trip whatever the size: to the cache, or to the broker where nothing runs.
    """
    batch = Batch.objects.filter(learner=learner, pk=number).first()
    if not batch:
        return None
    runs = list(batch.runs.select_related("kata").order_by("pk"))
    counts = Counter(run.status for run in runs)
    running = [run for run in runs if run.status == Run.Result.RUNNING]
    progress = queue.progress_of(running) if running else {}
    return BatchPage(
        batch,
        tuple(BatchRow(run, progress.get(run.pk)) for run in runs),
        {status: counts[status] for status in Run.Result.values if counts[status]},
        idle=bool(counts[Run.Result.QUEUED]) and not running and not workers(),
    )
