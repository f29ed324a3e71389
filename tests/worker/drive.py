"""A client of the queue, as a web server is one: a line of JSON asks, a line of JSON answers."""

import dataclasses
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()

from core import catalogue, queue, runs  # noqa: E402
from core.celery import JUDGE, app  # noqa: E402
from core.models import Batch, Run  # noqa: E402
from core.queue.batches import send  # noqa: E402
from core.queue.health import health  # noqa: E402


def enqueue(names: list[str], source: str = "exercise") -> list[int]:
    katas = [catalogue.get(name) for name in names]
    batch = queue.enqueue(katas, learner=runs.local_learner(), source=source)
    return list(batch.runs.order_by("pk").values_list("pk", flat=True))


def cancel(number: int) -> int:
    """The whole batch of a run."""
    return queue.cancel(Batch.objects.get(runs=number))


def deliver(number: int) -> bool:
    return send([(number, None)])


def deliver_limited(number: int, seconds: float) -> None:
    """A task with a soft limit of its own."""
    app.send_task(JUDGE, (number,), soft_time_limit=seconds, time_limit=seconds + 60)


def reap() -> dict[str, int]:
    return dataclasses.asdict(queue.reap())


def progress(number: int) -> list[object]:
    found = queue.progress(Run.objects.get(pk=number))
    return [found.done, found.expected]


def well() -> dict[str, object]:
    return {"ok": health().ok} | dataclasses.asdict(health())


ALL = (enqueue, cancel, deliver, deliver_limited, reap, progress, well)
QUESTIONS = {each.__name__: each for each in ALL}
for line in sys.stdin:
    name, *arguments = json.loads(line)
    sys.stdout.write(json.dumps(QUESTIONS[name](*arguments)) + "\n")
    sys.stdout.flush()
