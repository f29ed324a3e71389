"""What the tests of every kata notice: its solution, changed spot by spot."""

import os

import pytest

from core.catalogue import catalogue
from core.check.mutation import mutate

KATAS = catalogue().katas


@pytest.mark.skipif(not os.environ.get("CI"), reason="a tenth of a second a change: in CI")
@pytest.mark.parametrize("kata", KATAS, ids=[kata.slug for kata in KATAS])
def test_changed_solutions_are_caught(forker, kata):
    assert mutate(kata, launch=forker).findings == ()
