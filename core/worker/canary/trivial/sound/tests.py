import unittest

from core.judge import expect

from . import exercise


class Add(unittest.TestCase):
    def test_add(self) -> None:
        expect("add(2, 3)", exercise.add(2, 3), 5, "Their sum.")
