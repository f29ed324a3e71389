"""Valkey or Redis: a logical database of its own for each holder, empty at first and at the end."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.errors import KataError
from core.needs.find import Found
from core.needs.server import Server, Share, first_line
from core.needs.urls import redis_urls

if TYPE_CHECKING:  # imported while the server starts
    import redis

DATABASES = 512  # of a server that is started here
USUAL = 16  # where a server does not say
TIMEOUT = 10.0  # seconds
# A hash in the database that the URL names: which others are lent, and to whom. By it a run's data is
# known from anybody else's on a server that is not ours.
LEASES = "kata:leases"


class Redis(Server):
    admin: "redis.Redis"

    def __init__(self, found: Found, folder: Path) -> None:
        super().__init__(found, folder)
        self.socket = folder / "s"
        self.url = found.url or f"unix://{quote(str(self.socket))}"

    def start(self) -> None:
        if self.found.url:
            self._meet()
        else:
            self._launch()
        for number, mark in self.admin.hgetall(LEASES).items():
            if mark == self.mark:  # of a host of ours that was killed
                self._free(str(number))

    def lend(self, wish: dict[str, Any]) -> Share:
        used = {name.removeprefix("db") for name in self.admin.info("keyspace")}
        used |= set(map(str, self.admin.hkeys(LEASES)))
        count = self._count()
        for number in map(str, range(count)):
            if number in used or number == self.own:
                continue
            if not self.admin.hsetnx(LEASES, number, self.mark):
                continue
            if self._client(redis_urls(self.url, number)["REDIS_URL"]).dbsize() == 0:
                return Share(number, redis_urls(self.url, number))
            self.admin.hdel(LEASES, number)  # somebody was quicker
        raise KataError(
            f"{self.name} has {count} databases, and none of them is empty and free.",
            hint='Empty one that nobody needs: `redis-cli -u "$REDIS_URL" -n 15 flushdb`.'
            if self.found.url
            else "Wait until fewer runs need one.",
        )

    def take_back(self, share: Share) -> None:
        self._free(share.name)

    def answers(self) -> None:
        self.admin.ping()

    def end(self) -> None:
        super().end()
        self.socket.unlink(missing_ok=True)

    def _free(self, number: str) -> None:
        self._client(redis_urls(self.url, number)["REDIS_URL"]).flushdb()
        self.admin.hdel(LEASES, number)

    def _launch(self) -> None:
        self.socket.unlink(missing_ok=True)
        self.launch(
            [
                *(self.found.program or "", "--port", "0", "--unixsocket", self.socket),
                *("--unixsocketperm", "700", "--save", "", "--appendonly", "no"),
                *("--databases", str(DATABASES), "--loglevel", "warning", "--daemonize", "no"),
                *("--dir", self.folder),
            ]
        )
        import redis  # a tenth of a second, in which it starts

        self.until_ready(self._connect, redis.ConnectionError)

    def _meet(self) -> None:
        import redis

        try:
            self._connect()
        except (redis.RedisError, ValueError) as error:
            self.fails(first_line(str(error)), error)
        self.running = True

    def _connect(self) -> None:
        self.admin = self._client(self.url)
        self.admin.ping()
        self.own = str(self.admin.get_connection_kwargs().get("db") or 0)

    def _client(self, url: str) -> "redis.Redis":
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # It answers at once or it does not: retrying is for `until_ready`.
        return redis.Redis.from_url(
            url, decode_responses=True, retry=Retry(NoBackoff(), 0), socket_timeout=TIMEOUT
        )

    def _count(self) -> int:
        import redis

        try:
            return int(str(self.admin.config_get("databases").get("databases", USUAL)))
        except redis.ResponseError:  # somebody's server may forbid to ask
            return USUAL
