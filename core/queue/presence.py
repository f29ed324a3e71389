"""Which parts of the workspace are alive, by the signs of life that they leave in Redis."""

import functools
import time
from typing import cast

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

EVERY = 2.0  # seconds between two signs of life of a worker; Celery's own heartbeat
PATIENCE = 1.0  # seconds for an answer
KEY = "kata:alive"  # a sorted set: a part's name by when it was last seen


@functools.cache
def client() -> "redis.Redis":
    """The broker's server itself: it answers at once, or it does not."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )


def sign(part: str) -> None:
    """Leave a sign of life. A server that does not answer is told of elsewhere."""
    try:
        client().zadd(KEY, {part: time.time()})
    except RedisError:
        return


def gone(part: str) -> None:
    """Take the sign back: this part ends in order."""
    try:
        client().zrem(KEY, part)
    except RedisError:
        return


def seen() -> dict[str, float]:
    """Seconds since each part's last sign of life. Raises RedisError."""
    now = time.time()
    found = cast("list[tuple[str, float]]", client().zrange(KEY, 0, -1, withscores=True))
    return {name: now - at for name, at in found}
