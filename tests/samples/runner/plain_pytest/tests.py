import unittest

import pytest

from .exercise import shout


@pytest.mark.parametrize("text", ["a", "b!"])
def test_shout(text):
    assert shout(text) == f"{text.upper()}!"


def test_capsys(capsys):
    print("hello")
    assert capsys.readouterr().out == "hello\n"


@pytest.mark.xfail
def test_expected_to_fail():
    assert shout("a") == "?"


class Subtests(unittest.TestCase):
    def test_a_failing_subtest_fails_its_case(self):
        for text in ("a", "b"):
            with self.subTest(text=text):
                self.assertEqual(shout(text), "A")

    @classmethod
    def tearDownClass(cls):
        cls.done = True


class BrokenSetUp(unittest.TestCase):
    def setUp(self):
        raise ValueError("no set-up")

    def test_never_runs(self):
        pass
