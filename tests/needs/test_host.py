"""A host and its leases: however a client, the host or the server ends, nothing of them is left."""

import os
import signal
from pathlib import Path

import psycopg
import pytest
import redis

from core.needs.lease import Unavailable, holding, lease
from tests.conftest import wait_for

NEEDS = ("postgres", "redis")
WISH = {"postgres": {"apps": None}, "redis": {}}


def share(need):
    return lease(need, **WISH[need])


def url(held):
    return next(iter(held.environment.values()))


def use(url: str) -> None:
    """Write something."""
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS thing (id int)")
    else:
        redis.Redis.from_url(url).set("thing", 1)


@pytest.mark.parametrize("need", NEEDS)
def test_last_lease_ends_the_server_and_its_host(need, ground):
    first, second = share(need), share(need)
    assert url(first) != url(second)
    for held in (first, second):
        use(url(held))
    assert len(ground.hosts()) == 1
    first.close()
    use(url(second))
    second.check()
    second.close()
    wait_for(ground.is_clean)


@pytest.mark.parametrize("need", NEEDS)
def test_twenty_first_askers_start_one_host(need, ground):
    clients = [ground.client(need) for _ in range(20)]
    urls = [client.stdout.readline().split()[0] for client in clients]
    assert len(set(urls)) == 20
    for each in urls:
        use(each)
    assert len(ground.hosts()) == 1


@pytest.mark.parametrize("need", NEEDS)
def test_killed_client_gives_its_share_back(need, ground):
    with share(need).connection:
        client = ground.client(need)
        lost = client.stdout.readline().split()[0]
        use(lost)
        client.kill()
        wait_for(lambda: is_gone(lost))


def is_gone(url: str) -> bool:
    if not url.startswith("postgresql"):
        return redis.Redis.from_url(url).dbsize() == 0
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return True
    return False


@pytest.mark.parametrize("need", NEEDS)
def test_killed_server_is_said_and_there_again_for_the_next(need, ground):
    with holding():
        held = share(need)
        use(url(held))
        os.kill(ground.main_server(), signal.SIGKILL)
        name = {"postgres": "PostgreSQL", "redis": "Redis"}[need]
        with pytest.raises(Unavailable) as caught:
            held.check()
        assert str(caught.value) == (
            f"{name} was ended by the signal SIGKILL.\nRun it again: it is started anew."
        )
        held.close()
        again = share(need)
        use(url(again))
        again.check()
        assert len(ground.hosts()) == 1
        again.close()


@pytest.mark.parametrize("need", NEEDS)
def test_killed_host_takes_its_server_along_and_the_next_cleans_up(need, ground):
    with holding():
        held = share(need)
        use(url(held))
        os.kill(ground.hosts()[0], signal.SIGKILL)
        with pytest.raises(Unavailable, match=r"The host of \w+ was ended\."):
            held.check()
        held.close()
        wait_for(lambda: not ground.servers())
        again = share(need)
        use(url(again))
        again.close()


@pytest.mark.parametrize("need", NEEDS)
def test_host_that_is_told_to_end_leaves_nothing(need, ground):
    held = share(need)
    os.kill(ground.hosts()[0], signal.SIGTERM)
    wait_for(ground.is_clean)
    with pytest.raises(Unavailable):
        held.check()
    held.close()


@pytest.mark.parametrize("need", NEEDS)
def test_holding_keeps_the_server_between_two_leases(need, ground):
    with holding():
        share(need).close()
        server = ground.main_server()
        share(need).close()
        assert ground.main_server() == server


def test_holder_alone_is_told_of_no_loss(ground):
    with holding():
        share("redis").close()
        os.kill(ground.main_server(), signal.SIGKILL)
        wait_for(lambda: not ground.servers())
        assert len(ground.hosts()) == 1
        held = share("redis")
        use(url(held))
        held.close()


@pytest.mark.parametrize("need", NEEDS)
def test_folder_with_spaces_and_quotes(need, ground, monkeypatch):
    folder = ground.folder / "it's a folder"
    folder.mkdir(mode=0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    held = share(need)
    assert "it%27s" in url(held) or "it's" in url(held)
    use(url(held))
    held.close()
    wait_for(lambda: not list(folder.iterdir()))
    folder.rmdir()


def test_long_folder_is_passed_over(ground, monkeypatch):
    folder = ground.folder / ("x" * 80)
    folder.mkdir(mode=0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    held = share("redis")
    use(url(held))
    assert list(folder.iterdir()) == []
    held.close()
    path = Path(url(held).removeprefix("unix://").partition("?")[0])
    wait_for(lambda: not path.parent.exists())
    folder.rmdir()


def test_socket_of_a_host_that_is_gone_is_replaced(ground):
    held = share("redis")
    place = next(ground.folder.iterdir())
    held.close()
    wait_for(ground.is_clean)
    place.mkdir(mode=0o711)
    (place / "socket").write_text("not a socket")
    (place / "s").write_text("nor this")
    again = share("redis")
    use(url(again))
    again.close()


def test_folder_of_somebody_else_is_refused(ground):
    held = share("redis")
    place = next(ground.folder.iterdir())
    held.close()
    wait_for(ground.is_clean)
    place.mkdir()
    place.chmod(0o777)
    try:
        with pytest.raises(Unavailable, match="No private folder for redis can be made in"):
            share("redis")
    finally:
        place.rmdir()
