"""How the workspace is: its database, its broker, its parts, its queue."""

import dataclasses
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min, Q
from django.utils import timezone
from redis.exceptions import RedisError

from core.celery import REAP_EVERY
from core.models import Run
from core.queue import presence
from core.queue.waiting import by_status

logger = logging.getLogger(__name__)

SILENT = 5 * presence.EVERY  # seconds after which a worker counts as gone
BEAT_SILENT = 3 * REAP_EVERY
BEAT, WORKER = "beat", "worker "  # names of parts; a worker's goes on with its host's


@dataclass(frozen=True)
class Health:
    """`oldest` is how many seconds the run at the head of the queue has waited, None for an empty one."""

    database: bool = False
    broker: bool = False
    workers: int = 0
    beat: bool = False
    queued: int = 0
    running: int = 0
    oldest: float | None = None

    @property
    def ok(self) -> bool:
        """Whether a run from the browser would be judged now."""
        return self.database and self.broker and self.workers > 0 and self.beat

    def to_json(self) -> dict[str, Any]:
        return {"ok": self.ok} | dataclasses.asdict(self)


def health() -> Health:
    """One query, one trip to the broker; at most a second and a half where one does not answer."""
    queue = _queue()
    parts = alive()
    return Health(
        database=queue is not None,
        broker=parts is not None,
        workers=_workers(parts),
        beat=BEAT in (parts or ()),
        queued=queue["queued"] if queue else 0,
        running=queue["running"] if queue else 0,
        oldest=_seconds_since(queue["oldest"]) if queue else None,
    )


def workers() -> int:
    """How many live; none where the broker does not answer. One trip to it."""
    return _workers(alive())


def _workers(parts: Collection[str] | None) -> int:
    return sum(name.startswith(WORKER) for name in parts or ())


def alive() -> frozenset[str] | None:
    """The parts that have left a sign of life of late, by name; None where the broker does not answer."""
    if not settings.REDIS_URL:
        return None
    try:
        ages = presence.seen()
    except RedisError as error:
        logger.error("The broker does not answer: %s", error)
        return None
    most = {BEAT: BEAT_SILENT}
    return frozenset(name for name, age in ages.items() if age < most.get(name, SILENT))


def _queue() -> dict[str, Any] | None:
    queued = Q(status=Run.Result.QUEUED)
    try:
        return by_status(*Run.OPEN).aggregate(
            queued=Count("pk", filter=queued),
            running=Count("pk", filter=~queued),
            oldest=Min("queued_at", filter=queued),
        )
    except DatabaseError as error:
        logger.error("The database does not answer: %s", error)
        return None


def _seconds_since(moment: datetime | None) -> float | None:
    return round(max((timezone.now() - moment).total_seconds(), 0.0), 1) if moment else None
