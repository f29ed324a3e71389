"""The workspace's own Valkey, lent by the host of `core.needs`; or a Redis that the environment names."""

from django.conf import settings
from redis.exceptions import RedisError

from core.errors import KataError
from core.needs.lease import Lease, lease
from core.queue import presence


class Broker:
    """`environment` tells the parts of it; readable at `fileno` when it is lost."""

    def __init__(self) -> None:
        self.lease: Lease | None = None
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        """Have one that answers; Unavailable where there is none to have, KataError for a wrong name."""
        if settings.REDIS_URL:
            _meet()
            return
        self.lease = lease("redis")
        self.environment = {"KATA_REDIS_URL": self.lease.environment["REDIS_URL"]}

    def again(self) -> bool:
        """Have it anew after it was lost; whether it is where it was."""
        before = self.environment
        self.stop()
        self.start()
        return self.environment == before

    def fileno(self) -> int:
        return self.lease.fileno() if self.lease else -1

    def stop(self) -> None:
        if self.lease:
            self.lease.close()
            self.lease = None


def _meet() -> None:
    try:
        presence.client().ping()
    except (RedisError, ValueError) as error:
        raise KataError(
            f"The Redis that REDIS_URL names does not answer: {error}.",
            hint="Start it, or unset the variable: then the workspace brings its own.",
        ) from error
