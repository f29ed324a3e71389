"""A run that has no verdict yet, as a page follows it: its place in the queue, its cases so far."""

from dataclasses import dataclass

from core import queue
from core.models import Run
from core.queue import Progress
from core.queue.health import workers
from core.report.verdict import label

NOTHING = Progress()


@dataclass(frozen=True)
class SoFar:
    label: str
    status: str


@dataclass(frozen=True)
class Live:
    """`before` is how many runs are taken before this one; `idle` says that nobody is there to take it."""

    run: Run
    before: int = 0
    idle: bool = False
    progress: Progress = NOTHING

    @property
    def cases(self) -> tuple[SoFar, ...]:
        return tuple(SoFar(label(case.id), case.status) for case in self.progress.cases)

    @property
    def seen(self) -> str:
        """Differs where a page would show something else."""
        if self.run.status == Run.Result.QUEUED:
            return f"queued-{self.before}-{int(self.idle)}"
        return f"running-{self.run.attempt}-{self.progress.done}-{len(self.progress.cases)}"


def live(run: Run | None) -> Live | None:
    """None for a run that is over. A query and a trip to the broker, or a trip to the cache."""
    if run is None or run.status not in Run.OPEN:
        return None
    if run.status == Run.Result.QUEUED:
        return Live(run, before=queue.before(run), idle=not workers())
    return Live(run, progress=queue.progress(run))
