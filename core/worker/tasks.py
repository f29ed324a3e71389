"""The tasks of a Celery worker: thin, the work is elsewhere."""

from core import queue
from core.celery import JUDGE, REAP, app


@app.task(name=JUDGE)
def judge(number: int) -> None:
    """Judge the run of that number, if it is there to be taken."""


@app.task(name=REAP)
def reap() -> None:
    queue.reap()
