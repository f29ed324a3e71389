"""Shares of Valkey: a logical database each; on somebody else's server, only empty ones."""

import os
import signal
import subprocess

import pytest
import redis

from core.needs.find import find
from core.needs.lease import Unavailable, lease
from core.needs.redis import LEASES
from tests.conftest import wait_for


@pytest.fixture
def share(ground):
    held = []

    def take():
        held.append(lease("redis"))
        return held[-1]

    yield take
    for each in held:
        each.close()


def client(held):
    return redis.Redis.from_url(held.environment["REDIS_URL"], decode_responses=True)


def test_share_names_the_server_for_celery_too(share):
    held = share()
    names = held.environment
    path = names["REDIS_URL"].removeprefix("unix://").removesuffix("?db=1")
    assert names == {
        "REDIS_URL": f"unix://{path}?db=1",
        "CELERY_BROKER_URL": f"redis+socket://{path}?virtual_host=1",
        "CELERY_RESULT_BACKEND": f"redis+socket://{path}?virtual_host=1",
    }


def test_share_is_empty_at_first_and_when_it_is_lent_again(share):
    keep, first = share(), share()
    client(first).set("thing", 1)
    client(keep).set("mine", 1)
    first.close()
    second = share()
    assert second.environment == first.environment
    assert client(second).keys() == []
    assert client(keep).keys() == ["mine"]


# --- somebody else's server ---------------------------------------------------------------------


@pytest.fixture
def elsewhere(ground, monkeypatch):
    """A server with four databases that is not the host's own, named by REDIS_URL; its client."""
    path = ground.folder / "elsewhere"
    server = subprocess.Popen(
        [
            *(find("redis").program, "--port", "0", "--unixsocket", path),
            *("--save", "", "--databases", "4", "--loglevel", "warning"),
        ],
        stdout=subprocess.DEVNULL,
    )
    wait_for(path.exists)
    monkeypatch.setenv("REDIS_URL", f"unix://{path}")
    admin = redis.Redis(unix_socket_path=str(path), decode_responses=True)
    wait_for(admin.ping)
    yield admin
    server.terminate()
    server.wait()
    path.unlink(missing_ok=True)


def put(admin, number, name):
    own = admin.get_connection_kwargs() | {"db": number}
    redis.Redis(unix_socket_path=own["path"], db=number).set(name, 1)


def test_databases_in_use_are_neither_lent_nor_flushed(share, elsewhere, ground):
    put(elsewhere, 0, "theirs")
    put(elsewhere, 2, "theirs")
    first, second = share(), share()
    assert [each.environment["REDIS_URL"][-1] for each in (first, second)] == ["1", "3"]
    for each in (first, second):
        client(each).set("thing", 1)
        each.close()
    wait_for(lambda: not ground.hosts())
    assert elsewhere.keys() == ["theirs"]
    assert list(elsewhere.info("keyspace")) == ["db0", "db2"]


def test_error_no_database_is_free(share, elsewhere):
    put(elsewhere, 2, "theirs")
    for _ in range(2):
        share()
    with pytest.raises(Unavailable) as caught:
        share()
    assert str(caught.value) == (
        "Redis has 4 databases, and none of them is empty and free.\n"
        'Empty one that nobody needs: `redis-cli -u "$REDIS_URL" -n 15 flushdb`.'
    )


def test_what_a_killed_host_left_is_flushed_by_the_next_and_nothing_else(share, elsewhere, ground):
    put(elsewhere, 3, "theirs")
    elsewhere.hset(LEASES, "3", "another workspace")
    client(share()).set("thing", 1)
    os.kill(ground.hosts()[0], signal.SIGKILL)
    wait_for(lambda: not ground.hosts())
    assert list(elsewhere.info("keyspace")) == ["db0", "db1", "db3"]
    share().close()
    wait_for(lambda: not ground.hosts())
    assert list(elsewhere.info("keyspace")) == ["db0", "db3"]
    assert elsewhere.hgetall(LEASES) == {"3": "another workspace"}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://127.0.0.1:1", "Error 111 connecting to 127.0.0.1:1. Connection refused"),
        ("http://localhost", "Redis URL must specify one of the following schemes"),
    ],
)
def test_error_url_where_nothing_answers(url, says, share, monkeypatch):
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(Unavailable) as caught:
        share()
    assert caught.value.message.startswith(f"Redis cannot be used: {says}")
    assert caught.value.hint == "It is named by REDIS_URL. Start it, or unset that."
