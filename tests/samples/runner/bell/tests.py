import os
import re
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
        own = r"redis\+socket://.*\?virtual_host=1|redis://.*/\d+"
        expect("the database", bool(re.fullmatch(own, os.environ["CELERY_BROKER_URL"])), True)
