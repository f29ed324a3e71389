"""Round trips to Redis or Valkey: what redis-py sends at once, of this process, in every thread.

So the messages that Celery publishes and the results that it asks for are counted as well.
"""

import contextlib
import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from core.judge.ledgers import Ledger, Ledgers, judge, sentences

# What redis-py sends of itself, as it connects and looks whether a connection still is one.
FREE = {"AUTH", "CLIENT", "HELLO", "PING", "READONLY", "SELECT"}
MANY = {
    **{"GET": "MGET is one trip", "SET": "MSET is one trip", "HGET": "HMGET is one trip"},
    "LPUSH": "one message can carry many",  # which is how Celery publishes
}
PIPELINE = "a pipeline is one trip"

_replaced: list[tuple[type, Any]] = []


@contextlib.contextmanager
def redis_budget(
    call: str, *, trips: int, only: Collection[str] = (), because: str = ""
) -> Iterator[Ledger]:
    """Raise OverCount if the block sends to Redis more than `trips` times.

    A pipeline is one trip. `only` names commands: trips without any of them do not count, so that
    `only=["LPUSH"]` counts the messages that Celery publishes. Yields the ledger, which fills as the
    block runs, with all of them.
    """
    with LEDGERS.open() as ledger:
        yield ledger
    counted = [trip for trip in ledger if not only or set(only) & set(trip.method.split())]
    words = sentences(counted, "sent", lambda method: MANY.get(method, PIPELINE))
    said = filter(None, [because, *words])
    judge(call, counted, name="Redis trips", limit=trips, words=said)


def names(packed: bytes) -> Iterator[str]:
    """The commands in what is sent, as the protocol has them: arrays of strings, their length first."""
    at = 0
    while packed[at : at + 1] == b"*":
        end = packed.index(b"\r\n", at)
        count, at = int(packed[at + 1 : end]), end + 2
        for place in range(count):
            end = packed.index(b"\r\n", at)
            start, at = end + 2, end + 4 + int(packed[at + 1 : end])
            if place == 0:
                yield packed[start : at - 2].decode(errors="replace").upper()


def _noted(command: str | bytes | Iterable[bytes]) -> list[bytes]:
    """What is sent, added to the ledgers."""
    if isinstance(command, str | bytes):
        command = [command.encode() if isinstance(command, str) else command]
    packed = list(command)
    found = list(names(b"".join(packed)))
    if not set(found) <= FREE:
        LEDGERS.add(" ".join(dict.fromkeys(found)))
    return packed


def _attach() -> None:
    from redis import asyncio, connection

    for kind, relay in (
        (connection.AbstractConnection, _relay),
        (asyncio.connection.AbstractConnection, _async_relay),
    ):
        original = kind.send_packed_command
        _replaced.append((kind, original))
        kind.send_packed_command = relay(original)  # type: ignore[method-assign]


def _detach() -> None:
    while _replaced:
        kind, original = _replaced.pop()
        kind.send_packed_command = original  # type: ignore[attr-defined]


def _relay(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def counted(connection: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
        return original(connection, _noted(command), *args, **kwargs)

    return counted


def _async_relay(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def counted(connection: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
        return await original(connection, _noted(command), *args, **kwargs)

    return counted


LEDGERS = Ledgers(_attach, _detach)
