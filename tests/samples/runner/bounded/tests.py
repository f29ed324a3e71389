import unittest

import pytest
from parameterized import parameterized

from core.judge import expect

from . import exercise


@pytest.mark.task(1)
class One(unittest.TestCase):
    @parameterized.expand([("two", 2, 4), ("zero", 0, 0)])
    def test_double(self, _, number, expected):
        expect(f"double({number})", exercise.double(number), expected, "Twice the number.")


@pytest.mark.task(2)
class Many(unittest.TestCase):
    def test_list(self):
        expect("double_all([1, 2])", exercise.double_all([1, 2]), [2, 4], "Twice each.")
