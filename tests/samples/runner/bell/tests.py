import os
import unittest

import redis

from core.judge import expect

from . import exercise


class Ring(unittest.TestCase):
    def setUp(self):
        self.client = redis.Redis.from_url(os.environ["REDIS_URL"])
        self.client.flushdb()

    def test_rings_once(self):
        expect("ring()", [exercise.ring(), exercise.ring()], [True, False])
        expect("keys", len(self.client.keys("*rung")), 1)

    def test_names_the_server_for_celery(self):
        # On a socket it says the number of the database in words of its own.
        own = os.environ["REDIS_URL"].replace("unix://", "redis+socket://")
        own = own.replace("?db=", "?virtual_host=")
        expect("the database", os.environ["CELERY_BROKER_URL"], own)
