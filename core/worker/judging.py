"""One run, from its claim to its verdict."""

import contextlib
import logging
import os
import threading
from types import TracebackType

from celery.exceptions import Reject, SoftTimeLimitExceeded
from django.db import DatabaseError, connections

from core import catalogue, queue
from core.errors import KataError
from core.kata import Kata
from core.models import Run
from core.queue.progress import Recorder
from core.queue.reaper import infrastructure
from core.runner.run import run as judge_source
from core.source import Source
from core.verdict import Verdict
from core.worker.process import is_sick, process, stopping

logger = logging.getLogger(__name__)

LOOK = 0.5  # seconds between two looks whether the run is still wanted
# The task's own limit lies above the kata's: where it is reached, nobody holds those.
HANGS = "The run did not end at its limits, as its keeper hangs."
AGAIN = "This is no attempt of yours. Run it again; the log of `scripts/serve` may say why."


def judge(number: int) -> None:
    """Judge the run of that number, if it is there to be taken; see core/queue for what holds."""
    if process.sick:
        raise Reject(process.sick, requeue=True)
    run = queue.claim(number)
    if run is None:
        return  # it has its verdict, was cancelled, or is another worker's: a second delivery
    kata = None
    try:
        kata = catalogue.get(run.kata.slug)
        verdict, files = _judged(run, kata)
    except KeyboardInterrupt:
        if queue.give_back(run):
            raise Reject("the worker ends", requeue=True) from None
        logger.info("%s is no longer wanted (run %s)", run.kata.slug, number)
        return
    except KataError as error:
        if is_sick():
            queue.give_back(run)
            raise Reject(process.sick, requeue=True) from error
        verdict, files = infrastructure(run, error.message, error.hint), None
    except SoftTimeLimitExceeded:
        process.forker.kill()
        verdict, files = infrastructure(run, HANGS, AGAIN), None
    if queue.commit(run, verdict, files, kata=kata):
        logger.info(
            *("%s %s in %.2f s (run %s, waited %.2f s)", run.kata.slug, verdict.status),
            *(verdict.duration, number, run.wait),
        )


def _judged(run: Run, kata: Kata) -> tuple[Verdict, Source | None]:
    """The verdict on the files as they stand now. KeyboardInterrupt where it is no longer wanted."""
    recorder = Recorder(run, kata.databases, catalogue.cases(kata))
    with Hold(run) as hold:
        return judge_source(
            kata,
            run.source,
            seed=run.seed,
            listen=recorder,
            launch=process.forker,
            hangup=hold.fileno(),
        )


class Hold:
    """Keeps a claimed run this worker's while it is judged: renews its lease, in a thread.

    Its descriptor becomes readable when the run was cancelled, was lost to another worker, or is to
    be given back because this one ends.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.done = threading.Event()
        self.reading, self.writing = os.pipe()
        self.thread = threading.Thread(target=self._keep)

    def fileno(self) -> int:
        return self.reading

    def __enter__(self) -> "Hold":
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.done.set()
        self.thread.join()
        os.close(self.reading)
        os.close(self.writing)

    def _keep(self) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(connections.close_all)  # this thread's own
            while not self.done.wait(LOOK):
                if stopping() or not self._renewed():
                    os.write(self.writing, b"\n")
                    return

    def _renewed(self) -> bool:
        try:
            return queue.renew(self.run)
        except DatabaseError as error:
            # The run goes on: whether it may be written is decided when it is.
            logger.warning("The lease of run %s was not renewed: %s", self.run.pk, error)
            connections.close_all()
            return True
