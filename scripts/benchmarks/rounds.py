"""Rounds of runs through the queue: in a process that is set up for the workspace that it measures."""

import contextlib
import itertools
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from core import catalogue, queue, runs
from core.models import Judgement, Run
from core.queue import presence
from core.queue.health import WORKER, health
from core.state import ROOT
from scripts.benchmarks.stack import Broker, until

CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "core.celery")


@dataclass(frozen=True)
class Round:
    """Runs that were asked for at once. `again` counts attempts beyond the first of each."""

    seconds: float
    verdicts: int
    lost: int
    again: int
    pause: float  # the longest in which no run was taken, after the violence
    back: tuple[float, ...]  # seconds from the violence until a run was taken again


class Rounds:
    """One worker or two, and so many runs at once; `close` ends what was started."""

    def __init__(self, folder: Path, kata: str, count: int) -> None:
        self.kata, self.count = catalogue.get(kata), count
        self.broker = Broker(folder)
        self.log = (folder / "log").open("wb")
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.beat = self._start("beat", "--pidfile=")

    def close(self) -> None:
        for process in (*self.workers.values(), self.beat):
            _kill(process)
        self.log.close()

    def throughput(self, workers: int, repeat: int) -> dict[str, Any]:
        found = [self._round(workers) for _ in range(repeat)]
        seconds = [each.seconds for each in found]
        rate = self.count / statistics.median(seconds)
        what = f"{workers} worker{'s' * (workers > 1)}, a run at once each"
        return self._row(what, found, f"{_spread(seconds)} for a round: {rate:.1f} runs a second")

    def broker_restarted(self, repeat: int) -> dict[str, Any]:
        found = [self._round(2, self._restart_broker) for _ in range(repeat)]
        words = f"{_spread([each.pause for each in found])} until runs are taken again"
        return self._row("2 workers, the broker killed and started", found, words)

    def worker_killed(self, repeat: int) -> dict[str, Any]:
        found = [self._round(2, self._kill_worker) for _ in range(repeat)]
        back = [seconds for each in found for seconds in each.back]
        words = f"{_spread(back)} until its run is taken again" if back else "it had no run"
        return self._row("2 workers, one killed with its pool", found, words)

    def _restart_broker(self) -> None:
        self.broker.kill()
        self.broker.start()

    def _kill_worker(self) -> None:
        name, process = self.workers.popitem()
        _kill(process)
        presence.gone(f"{WORKER}{name}")  # for us: nobody is to wait for one that is gone

    def _round(self, workers: int, violence: Callable[[], None] | None = None) -> Round:
        """Ask for the runs, do it once a quarter of them is over, and wait for all."""
        self._have(workers)
        began = time.monotonic()
        mine = self._ask(self.count)
        killed = timezone.now()
        if violence:
            until(lambda: self._open(mine) <= self.count * 3 // 4, "a quarter of the verdicts")
            running = mine.filter(status=Run.Result.RUNNING)
            until(lambda: running.count() == workers, "a run in each worker's hands")
            killed = timezone.now()
            violence()
        until(lambda: self._open(mine) == 0, "the last verdict")
        seconds = time.monotonic() - began
        taken = mine.filter(started_at__gt=killed).order_by("started_at")
        again = taken.filter(attempt__gt=1).values_list("started_at", flat=True)
        return Round(
            seconds,
            verdicts=Judgement.objects.filter(run__in=mine).count(),
            lost=self.count - mine.filter(status="passed").count(),
            again=mine.aggregate(more=Sum(F("attempt") - 1))["more"],
            pause=_longest([killed, *taken.values_list("started_at", flat=True)]),
            back=tuple((at - killed).total_seconds() for at in again),
        )

    def _have(self, count: int) -> None:
        """So many workers, each warm."""
        while len(self.workers) > count:
            self._kill_worker()
        for name in (f"{number}@here" for number in range(count)):
            if name not in self.workers:
                queues = ("--queues", "runs,upkeep", "--concurrency", "1", "--hostname", name)
                self.workers[name] = self._start("worker", *queues)
        until(lambda: health().ok and health().workers == count, "the workers")
        first = self._ask(4 * count)
        until(lambda: self._open(first) == 0, "the first verdicts")

    def _ask(self, count: int) -> "QuerySet[Run]":
        katas = [self.kata] * count
        batch = queue.enqueue(katas, learner=runs.local_learner(), source="solution")
        return Run.objects.filter(batch=batch)

    def _open(self, mine: "QuerySet[Run]") -> int:
        return mine.filter(status__in=Run.OPEN).count()

    def _row(self, what: str, found: list[Round], words: str) -> dict[str, Any]:
        return {
            "what": what,
            "runs": self.count * len(found),
            "verdicts": sum(each.verdicts for each in found),
            "lost": sum(each.lost for each in found),
            "again": sum(each.again for each in found),
            "words": words,
        }

    def _start(self, *command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - our own
            [*CELERY, *command], cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True
        )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _longest(moments: list[datetime]) -> float:
    pairs = itertools.pairwise(moments)
    return max(((late - early).total_seconds() for early, late in pairs), default=0.0)


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.1f} s ({min(seconds):.1f}–{max(seconds):.1f})"
