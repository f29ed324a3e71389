"""Every kata of the workspace is sound, and its demo shows what it is about."""

import os

import pytest

from core.catalogue import catalogue
from core.check.check import check
from core.check.mutation import mutate
from core.runner.demo import demonstrate
from core.server.forker import Forker

KATAS = catalogue().katas


@pytest.fixture(scope="module")
def forker():
    with Forker() as forker:
        yield forker


@pytest.fixture(scope="module")
def checked(forker):
    return {each.kata: each for each in check(KATAS, launch=forker)}


def test_every_folder_reads():
    assert catalogue().problems == ()
    assert KATAS


@pytest.mark.parametrize("slug", [kata.slug for kata in KATAS])
def test_kata_is_sound(checked, slug):
    assert checked[slug].findings == ()
    assert not checked[slug].unavailable


@pytest.mark.parametrize("kata", KATAS, ids=[kata.slug for kata in KATAS])
def test_demo_runs_on_all_three_sources(forker, kata):
    columns = demonstrate(kata, size=20, launch=forker)
    assert [column.source for column in columns] == ["exercise", "stub", "solution"]
    assert [column.problem for column in columns] == [None, None, None]
    assert columns[2].calls


@pytest.mark.skipif(not os.environ.get("CI"), reason="a tenth of a second a change: in CI")
@pytest.mark.parametrize("kata", KATAS, ids=[kata.slug for kata in KATAS])
def test_changed_solutions_are_caught(forker, kata):
    assert mutate(kata, launch=forker).findings == ()
