import pytest
from django.db import connection
from django.test import TestCase

from core.judge import expect

from . import exercise


@pytest.mark.task(1)
class Count(TestCase):
    def test_counts(self):
        expect("count()", exercise.count(), 0)

    def test_others_could_open_it(self):
        expect("in memory", connection.is_in_memory_db(), False)
