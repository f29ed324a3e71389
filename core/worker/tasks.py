"""The tasks of a worker: thin, for the work is elsewhere."""

from core import queue
from core.celery import JUDGE, REAP, app
from core.worker import judging


@app.task(name=JUDGE)
def judge(number: int) -> None:
    judging.judge(number)


@app.task(name=REAP)
def reap() -> None:
    queue.reap()
