"""Shares of RabbitMQ: a virtual host each; a start takes seconds, so each test shows much."""

import os
import re
import signal

import amqp
import kombu
import pytest

from core.needs.find import find
from core.needs.lease import Unavailable, holding, lease
from core.needs.rest import ask
from tests.conftest import in_ci, unavailable, wait_for
from tests.needs.conftest import command, everyone, read


@pytest.fixture
def share(ground):
    if find("rabbitmq") is None:
        unavailable("RabbitMQ: no rabbitmq-server is installed")
    held = []

    def take():
        held.append(lease("rabbitmq"))
        return held[-1]

    yield take
    for each in held:
        each.close()
    wait_for(lambda: not of_erlang(ground), 30)


def url(held):
    return held.environment["RABBITMQ_URL"]


def use(url):
    """Send a message and get it back."""
    with kombu.Connection(url) as connection, connection.SimpleQueue("letters") as queue:
        queue.put("hello")
        assert queue.get(timeout=10).payload == "hello"


def is_refused(url):
    try:
        use(url)
    except (amqp.AccessRefused, amqp.NotAllowed):
        return True
    return False


def test_share_is_its_holders_alone_and_gone_with_it(share, ground):
    keep, other = share(), share()
    assert keep.environment["CELERY_BROKER_URL"] == url(keep)
    for each in (keep, other):
        use(url(each))
    theirs = url(other).rpartition("/")[2]
    assert is_refused(f"{url(keep).rpartition('/')[0]}/{theirs}")
    other.close()
    wait_for(lambda: is_refused(url(other)))
    use(url(keep))
    keep.check()
    assert len(ground.hosts()) == 1


@in_ci("a RabbitMQ of its own takes five seconds")
def test_killed_host_takes_all_of_it_along_and_killed_server_is_said(share, ground):
    with holding():
        held = share()
        use(url(held))
        os.kill(ground.hosts()[0], signal.SIGKILL)
        with pytest.raises(Unavailable, match=r"The host of RabbitMQ was ended\."):
            held.check()
        held.close()
        wait_for(lambda: not of_erlang(ground), 30)
        again = share()
        use(url(again))
        (server,) = (pid for pid, name in of_erlang(ground).items() if "beam" in name)
        os.kill(server, signal.SIGKILL)
        with pytest.raises(Unavailable, match=r"RabbitMQ was ended by the signal SIGKILL\."):
            again.check()


def of_erlang(ground):
    """Processes of the server of this ground and of its service of names, by their environment."""
    mine = f"HOME={ground.folder}".encode()
    return {pid: command(pid) for pid in everyone() if mine in read(f"/proc/{pid}/environ")}


@in_ci("a RabbitMQ of its own takes five seconds")
def test_server_by_url_keeps_nothing_of_ours(share, ground, monkeypatch):
    share()  # its server stands for somebody else's
    (path,) = ground.folder.glob("*/data/rabbitmq.conf")
    said = dict(re.findall(r"^(\S+) = (.+)$", path.read_text(), re.MULTILINE))
    user = f"{said['default_user']}:{said['default_pass']}@"
    management = f"http://{user}127.0.0.1:{said['management.tcp.port']}"
    monkeypatch.setenv("RABBITMQ_URL", f"amqp://{user}{said['listeners.tcp.1']}")
    monkeypatch.setenv("RABBITMQ_MANAGEMENT_URL", management)

    def everything():
        kinds = ("vhosts", "users")
        return {each["name"] for kind in kinds for each in ask(f"{management}/api", "GET", kind)}

    before = everything()
    held = share()
    use(url(held))
    assert len(everything()) == len(before) + 1  # a host and its user have one name
    own = ground.hosts()
    held.close()
    wait_for(lambda: everything() == before)
    assert len(own) == 2
    killed = share()
    use(url(killed))
    os.kill(max(ground.hosts()), signal.SIGKILL)
    next_one = share()
    assert len(everything()) == len(before) + 1  # what the killed host left is gone
    next_one.close()
    wait_for(lambda: everything() == before)


def test_error_url_where_nothing_answers(ground, monkeypatch):
    monkeypatch.setenv("RABBITMQ_URL", "amqp://ada:secret@127.0.0.1:1")
    monkeypatch.setenv("RABBITMQ_MANAGEMENT_URL", "http://ada:secret@127.0.0.1:1")
    with pytest.raises(Unavailable) as caught:
        lease("rabbitmq")
    assert str(caught.value) == (
        "RabbitMQ cannot be used: its management plugin does not answer at "
        "http://ada@127.0.0.1:1: [Errno 111] Connection refused.\n"
        "Run `rabbitmq-plugins enable rabbitmq_management` there, name it with "
        "RABBITMQ_MANAGEMENT_URL, or unset RABBITMQ_URL."
    )
