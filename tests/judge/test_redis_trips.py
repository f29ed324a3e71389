"""Round trips to a real Valkey: commands, pipelines, threads, asyncio, Celery's messages."""

import asyncio
import threading

import pytest
import redis
import redis.asyncio
from celery import Celery, group

from core.judge.counting import OverCount
from core.judge.instrument import case_ends
from core.judge.redis_trips import names, redis_budget


@pytest.fixture
def client(valkey):
    with redis.Redis.from_url(valkey) as client:
        yield client


@pytest.fixture
def app(valkey):
    """A Celery application whose broker is that Valkey, by the environment alone."""
    app = Celery("bell", set_as_current=False)
    yield app
    app.close()


def methods(ledger):
    return [trip.method for trip in ledger]


def test_command_is_a_trip_and_connecting_is_free(client):
    with redis_budget("put()", trips=2) as ledger:
        client.set("a", 1)
        client.get("a")
    assert methods(ledger) == ["SET", "GET"]
    assert case_ends()[0]["name"] == "Redis trips"


def test_pipeline_is_one_trip(client):
    with redis_budget("put()", trips=1) as ledger, client.pipeline() as pipeline:
        for number in range(100):
            pipeline.set(f"key {number}", "*1\r\n$3\r\nGET\r\n" * number)
        pipeline.execute()
    assert methods(ledger) == ["MULTI SET EXEC"]


def test_over_budget_says_which_line_sent_what(client, tmp_path):
    code = "def put(client):\n    for n in range(4):\n        client.get(n)\n    client.incr('n')\n"
    space = {}
    exec(compile(code, str(tmp_path / "exercise.py"), "exec"), space)
    with pytest.raises(OverCount) as caught, redis_budget("put()", trips=1):
        space["put"](client)
    error = caught.value
    assert (error.call, error.got, error.expected) == (
        "put()",
        "5 Redis trips",
        "at most 1 Redis trip",
    )
    assert str(error) == (
        "exercise.py:3 sent GET 4 times; MGET is one trip\nexercise.py:4 sent INCRBY once"
    )


def test_over_budget_says_why_first(client):
    with pytest.raises(OverCount) as caught, redis_budget("put()", trips=0, because="It waits."):
        client.get("a")
    assert str(caught.value) == "It waits.\ntests.py sent GET once"


def test_only_some_commands(client):
    with redis_budget("put()", trips=1, only=["LPUSH"]) as ledger:
        client.set("a", 1)
        client.lpush("b", 1)
    assert methods(ledger) == ["SET", "LPUSH"]


def test_every_thread_counts(client):
    with redis_budget("put()", trips=1) as ledger:
        worker = threading.Thread(target=client.set, args=("a", 1))
        worker.start()
        worker.join()
    assert methods(ledger) == ["SET"]


def test_asyncio_counts(valkey):
    async def put():
        async with redis.asyncio.Redis.from_url(valkey) as client:
            await client.set("a", 1)
            async with client.pipeline() as pipeline:
                pipeline.get("a").get("b")
                return await pipeline.execute()

    with redis_budget("put()", trips=2) as ledger:
        assert asyncio.run(put()) == [b"1", None]
    assert methods(ledger) == ["SET", "MULTI GET EXEC"]


def test_failing_command_counts(client):
    client.set("text", "x")
    with redis_budget("put()", trips=1) as ledger, pytest.raises(redis.ResponseError):
        client.incr("text")
    assert methods(ledger) == ["INCRBY"]


def test_messages_of_celery_count(app, client):
    @app.task(name="ring")
    def ring(number):
        return number

    with redis_budget("ring each", trips=3, only=["LPUSH"]):
        for number in range(3):
            ring.apply_async((number,), ignore_result=True)
    with redis_budget("ring a group", trips=3, only=["LPUSH"]):
        group(ring.s(number) for number in range(3)).apply_async()
    assert client.llen("celery") == 6
    with pytest.raises(OverCount) as caught, redis_budget("ring", trips=0, only=["LPUSH"]):
        ring.delay(1)
    assert caught.value.got == "1 Redis trip"


def test_nothing_stays_attached(client):
    kind = redis.connection.AbstractConnection
    original = kind.send_packed_command
    with redis_budget("a", trips=0), redis_budget("b", trips=0):
        assert kind.send_packed_command is not original
    assert kind.send_packed_command is original


@pytest.mark.parametrize(
    ("packed", "found"),
    [
        (b"", []),
        (b"*1\r\n$4\r\nPING\r\n", ["PING"]),
        (b"*2\r\n$3\r\nget\r\n$0\r\n\r\n*1\r\n$4\r\nEXEC\r\n", ["GET", "EXEC"]),
        (b"*2\r\n$3\r\nGET\r\n$14\r\n*1\r\n$4\r\nEVIL\r\n\r\n", ["GET"]),
    ],
)
def test_names(packed, found):
    assert list(names(packed)) == found
