import os
import unittest

import pytest
import redis
from django.db import connection
from django.test import TransactionTestCase

from core.judge import budget, expect
from core.judge.redis_trips import redis_budget
from core.judge.sessions import after, sessions
from core.judge.worker import worker

from . import exercise
from .models import Letter


@pytest.mark.task(1)
class Post(TransactionTestCase):
    def setUp(self):
        redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()

    def test_worker_delivers(self):
        with worker(exercise.app) as running:
            with budget("post(hello)", queries=1):
                number = exercise.post("hello")
            expect("deliver", exercise.deliver.delay(number).get(timeout=5), 1)
            expect("running", running.running, True)
        expect("delivered", Letter.objects.get().delivered, 2)
        expect("usable", connection.is_usable(), True)

    def test_one_message(self):
        with redis_budget("post(hello)", trips=1, only=["LPUSH"]):
            exercise.post("hello")

    def test_prefork(self):
        with worker(exercise.app, pool="prefork"):
            expect("deliver", exercise.deliver.delay(0).get(timeout=5), 0)

    def test_posts_beside_each_other(self):
        with sessions() as run:
            first = run.start("first", exercise.post, "one", hold=after("^INSERT"))
            expect("first is held", first.held(), True)
            second = run.start("second", exercise.post, "two")
            expect("second waits for", second.waits_for(), ())
            first.go()
        expect("letters", Letter.objects.count(), 2)


@pytest.mark.task(1)
class Plain(unittest.TestCase):
    def test_broker_is_the_runs_own(self):
        with exercise.app.connection() as broker:
            expect("broker", broker.as_uri().startswith("redis"), True)
