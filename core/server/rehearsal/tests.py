"""Cases as katas have them: passing, failing, with and without a table."""

import unittest

import pytest
from django.apps import apps
from parameterized import parameterized

from core.judge import expect, rng
from core.server.rehearsal import exercise

if apps.is_installed("django.contrib.auth"):
    from core.server.rehearsal.queries import Queries  # noqa: F401 - pytest collects it here
if apps.is_installed("core.bookshop"):
    from core.server.rehearsal.shop import InTheShop  # noqa: F401

ROUNDS = range(8)  # a function that was called so often is specialised


@pytest.mark.task(1)
class Plain(unittest.TestCase):
    @parameterized.expand([(f"number {n}", n) for n in ROUNDS])
    def test_passes(self, name: str, number: int) -> None:
        drawn = rng(f"rehearsal {number}").randrange(100)
        expect(f"abs({-drawn})", abs(-drawn), drawn, "The absolute value is never negative.")

    def test_fails(self) -> None:
        expect("wrong(1)", exercise.wrong(1), 1, "It is wrong on purpose.")

    def test_raises(self) -> None:
        expect("broken([1])", exercise.broken([1]), 1)
