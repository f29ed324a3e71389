import unittest

import pytest

from core.judge import expect, expect_raises

from .exercise import Basket, countdown


@pytest.mark.task(1)
class Steps(unittest.TestCase):
    def test_countdown(self):
        expect("countdown(3)", countdown(3), 3, "One step a number.")


@pytest.mark.task(2)
class Total(unittest.TestCase):
    def test_total(self):
        expect("Basket(3, 2).total(1)", Basket(3, 2).total(1), 4, "Less the discount.")

    def test_empty(self):
        with expect_raises("Basket().total()", ValueError, because="Nothing has no total."):
            Basket().total()

    def test_order(self):
        expect("Basket(3, 2).cheapest_first()", Basket(3, 2).cheapest_first(), [2, 3], "In order.")

    def test_large(self):
        expect("Basket(1, 2).is_large()", Basket(1, 2).is_large(), False, "Two are few.")
