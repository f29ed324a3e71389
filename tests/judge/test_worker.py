"""Celery workers on a real Valkey: ready, working, killed in the middle, gone at the end."""

import gc
import os
import signal

import pytest
import redis
from celery import Celery, chord

from core.judge.expectation import Mismatch
from core.judge.worker import Ended, worker
from core.processes import descendants
from tests.conftest import wait_for

POOLS = ("solo", "prefork")


@pytest.fixture
def app(valkey):
    app = Celery("bell", set_as_current=False)
    app.conf.broker_transport_options = {"visibility_timeout": 1}

    @app.task(shared=False, name="pid")
    def pid():
        return os.getpid()

    @app.task(shared=False, name="add")
    def add(*numbers):
        return sum(map(sum, (n if isinstance(n, list) else [n] for n in numbers)))

    @app.task(shared=False, name="fail", bind=True, max_retries=2, default_retry_delay=0)
    def fail(self):
        redis.Redis.from_url(os.environ["REDIS_URL"]).incr("tries")
        raise self.retry()

    @app.task(shared=False, name="slow", acks_late=True)
    def slow():
        client = redis.Redis.from_url(os.environ["REDIS_URL"])
        if client.incr("begun") == 1:
            client.blpop("never", 60)
        return "done"

    yield app
    gc.collect()  # results that nobody asked for say so to the broker, while it is there
    app.close()


@pytest.fixture(autouse=True)
def _nothing_is_left():
    before = set(descendants(os.getpid()))
    yield
    assert set(descendants(os.getpid())) <= before


@pytest.mark.parametrize("pool", POOLS)
def test_task_runs_in_another_process(pool, app):
    with worker(app, pool=pool) as running:
        found = app.tasks["pid"].delay().get(timeout=60)
        assert found != os.getpid()
        assert (found == running.process.pid) == (pool == "solo")


def test_worker_is_ready_soon(app):
    with worker(app):
        pass
    with worker(app):
        assert app.tasks["add"].delay(1, 2).get(timeout=60) == 3


def test_retries_are_real(app, valkey):
    with worker(app), pytest.raises(Exception, match="retry"):
        app.tasks["fail"].delay().get(timeout=60)
    assert int(redis.Redis.from_url(valkey).get("tries")) == 3


def test_chord(app):
    add = app.tasks["add"]
    with worker(app):
        found = chord([add.s(1, 2), add.s(3, 4)], add.s()).delay()
        assert found.get(timeout=60) == 10


def test_task_of_a_killed_worker_is_done_by_the_next(app, valkey):
    with worker(app) as first:
        result = app.tasks["slow"].delay()
        first.begun(result)
        wait_for(lambda: redis.Redis.from_url(valkey).exists("begun"))  # the task itself, too
        first.kill()
        assert not first.running
    with worker(app):
        assert result.get(timeout=8) == "done"


def test_stop_waits_for_the_task(app, valkey):
    with worker(app) as running:
        result = app.tasks["slow"].delay()
        running.begun(result)
        with pytest.raises(Mismatch) as caught:
            running.stop(seconds=0.1)
    assert (caught.value.got, caught.value.expected) == (
        "still working",
        "it to end within 0.1 seconds",
    )
    with worker(app) as running:
        running.stop()
        assert not running.running


@pytest.mark.parametrize("pool", POOLS)
def test_task_in_the_middle_ends_with_the_block(pool, app):
    with worker(app, pool=pool) as running:
        running.begun(app.tasks["slow"].delay())


def test_worker_that_ends_by_itself_is_said(app):
    @app.task(shared=False, name="leave")
    def leave():
        os._exit(7)

    def work():
        with worker(app) as running:
            leave.delay()
            running.process.join(5)

    with pytest.raises(Ended) as caught:
        work()
    assert caught.value.got == "it ended by itself with status 7"


def test_error_of_the_test_comes_first(app):
    def fails():
        with worker(app) as running:
            os.kill(running.process.pid, signal.SIGKILL)
            raise KeyError

    with pytest.raises(KeyError):
        fails()


def test_worker_without_a_broker_is_said(app, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    with pytest.raises(Ended) as caught, worker(app):
        pass
    assert caught.value.got.startswith("it ended by itself with status")


def test_task_without_a_worker_is_said(app):
    with worker(app, queues=("other",)) as running:
        result = app.tasks["pid"].delay()
        with pytest.raises(Mismatch) as caught:
            running.begun(result, seconds=0.1)
    assert (caught.value.got, caught.value.expected) == (
        "still waiting",
        "a worker to begin with it",
    )
