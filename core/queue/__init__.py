"""Runs that are asked for in the browser: queued, judged by workers, followed, cancelled.

The row of a run is the truth. A message in the broker only says "look at this run": it may be late,
lost or delivered twice. Who may write the verdict is decided by compare-and-set on the row's attempt,
so a run gets exactly one, whatever is killed.
"""

from core.queue.batches import cancel, enqueue
from core.queue.leases import claim, commit, give_back, renew
from core.queue.progress import CaseSoFar, Progress, progress, progress_of
from core.queue.reaper import Reaped, reap
from core.queue.waiting import OpenBatch, before, open_batches, open_run

__all__ = [
    "CaseSoFar",
    "OpenBatch",
    "Progress",
    "Reaped",
    "before",
    "cancel",
    "claim",
    "commit",
    "enqueue",
    "give_back",
    "open_batches",
    "open_run",
    "progress",
    "progress_of",
    "reap",
    "renew",
]
