"""What a worker's processes hold, by Celery's signals.

The main process takes messages and watches its pool. Each process of the pool has a warm Python of
its own that forks the children of its runs, and judges a canary before anything else: a kata so small
that only a sick machine gets it wrong. A worker that does ends, and takes no more.
"""

import contextlib
import logging
import os
import select
import signal
import threading
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from celery.exceptions import CPendingDeprecationWarning
from celery.signals import (
    after_task_publish,
    beat_init,
    heartbeat_sent,
    setup_logging,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutting_down,
)

from core import logs
from core.catalogue import load
from core.celery import REAP, app
from core.errors import KataError
from core.needs.lease import holding
from core.queue import presence
from core.runner.run import run
from core.serve.ready import ready
from core.server.forker import Forker
from core.verdict import Status

logger = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds for what runs when the worker is told to end; then it is given back
CANARY = Path(__file__).parent / "canary" / "trivial" / "sound"
ANSWERS = {"solution": Status.PASSED, "stub": Status.FAILED}


@dataclass
class Process:
    """Of this process; `main` and `stop` are made before the pool's are forked, and theirs too."""

    main: int = 0
    stop: tuple[int, int] = (-1, -1)  # a pipe: its reading end is readable once the worker ends
    forker: Forker = field(default_factory=Forker)
    servers: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    sick: str = ""


process = Process()


def stopping() -> bool:
    """Whether what runs is to be given back."""
    descriptor = process.stop[0]
    return descriptor >= 0 and bool(select.select([descriptor], [], [], 0)[0])


def judge_canary() -> str:
    """Why this process cannot judge; "" where it can."""
    kata = load(CANARY)
    for source, expected in ANSWERS.items():
        try:
            verdict, _ = run(kata, source, launch=process.forker)
        except (KataError, OSError) as error:
            return str(error)
        if verdict.status is not expected:
            words = f": {verdict.problem.message}" if verdict.problem else "."
            return f"the {source} came out as {verdict.status}, not {expected}{words}"
    return ""


def is_sick() -> bool:
    """Judge the canary; where that fails, have the whole worker end."""
    process.sick = judge_canary()
    if process.sick:
        logger.critical("This worker cannot judge a trivial kata, and ends: %s", process.sick)
        if os.getppid() == process.main:
            os.kill(process.main, signal.SIGTERM)
    return bool(process.sick)


@setup_logging.connect
def _log(**_: Any) -> None:
    """Celery leaves logging alone where somebody listens here."""
    logs.configure()


@worker_init.connect
def _main_begins(**_: Any) -> None:
    process.main = os.getpid()
    process.stop = os.pipe()


@worker_process_init.connect
def _begins(**_: Any) -> None:
    if os.getpid() != process.main:  # which a pool of one's own process is
        os.close(process.stop[1])  # else the pipe would never end
    process.forker.start()
    process.servers.enter_context(holding())  # what one run needed is there for the next
    is_sick()


@worker_process_shutdown.connect
def _ends(**_: Any) -> None:
    process.forker.stop()
    process.servers.close()


@worker_ready.connect
def _ready(**_: Any) -> None:
    """What the last worker left behind need not wait for beat."""
    # What a default of Celery 6 will be; core/celery.py has chosen.
    warnings.simplefilter("ignore", CPendingDeprecationWarning)
    app.send_task(REAP)
    ready()


@beat_init.connect
def _beat_begins(**_: Any) -> None:
    after_task_publish.connect(_beat_lives)
    presence.sign("beat")
    ready()


def _beat_lives(**_: Any) -> None:
    presence.sign("beat")


@heartbeat_sent.connect
def _lives(sender: Any, **_: Any) -> None:
    presence.sign(f"worker {sender.eventer.hostname}")


@worker_shutting_down.connect
def _is_ending(sender: str, **_: Any) -> None:
    """In a signal handler of the main process: Celery waits for what runs, we not for ever."""
    presence.gone(f"worker {sender}")
    timer = threading.Timer(PATIENCE, os.close, [process.stop[1]])
    timer.daemon = True
    timer.start()
