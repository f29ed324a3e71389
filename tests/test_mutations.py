"""What the tests of every kata notice: its solution, changed spot by spot."""

import pytest

from core.catalogue import catalogue
from core.check.mutation import mutate
from tests.conftest import in_ci

KATAS = catalogue().katas


@in_ci("a tenth of a second a change")
@pytest.mark.parametrize("kata", KATAS, ids=[kata.slug for kata in KATAS])
def test_changed_solutions_are_caught(forker, kata):
    assert mutate(kata, launch=forker).findings == ()
