"""A real broker for this process, and katas to ask for."""

import kombu.pools
import pytest

from core import catalogue, runs
from core.celery import RUNS, app, celery_url
from core.queue import presence
from tests.valkey import Valkey


@pytest.fixture(scope="session")
def server():
    valkey = Valkey()
    valkey.start()
    yield valkey
    valkey.close()


@pytest.fixture
def use_broker(settings):
    """Have this process use the broker at a URL, as if it were started with it."""
    before = app.conf.broker_url

    def use(url: str) -> None:
        kombu.pools.reset()
        app._pool = app.amqp._producer_pool = None
        app.conf.broker_url = celery_url(url)
        presence.client.cache_clear()
        settings.REDIS_URL = url
        settings.CACHES = {
            "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
        }

    yield use
    use("")
    app.conf.broker_url = before


@pytest.fixture
def broker(server, use_broker):
    """An empty broker that nobody takes messages from."""
    server.client.flushdb()
    use_broker(server.url)
    return server.client


@pytest.fixture
def sent(broker):
    """How many messages wait to be taken."""
    return lambda: broker.llen(RUNS)


@pytest.fixture
def katas(samples):
    return [catalogue.get(name) for name in ("bounded", "rows", "pages")]


@pytest.fixture
def learner(db):
    return runs.local_learner()
