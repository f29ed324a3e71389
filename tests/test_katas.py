"""Every kata of the workspace is sound, and its demo shows what it is about."""

import json

import pytest

from core.catalogue import catalogue
from core.check.check import check

KATAS = catalogue().katas


@pytest.fixture(scope="module")
def checked():
    return {each.kata: each for each in check(KATAS)}


def test_every_folder_reads():
    assert catalogue().problems == ()
    assert KATAS


@pytest.mark.parametrize("slug", [kata.slug for kata in KATAS])
def test_kata_is_sound(checked, slug):
    assert checked[slug].findings == ()
    assert not checked[slug].unavailable


@pytest.mark.parametrize("slug", [kata.slug for kata in KATAS])
def test_demo_runs_on_all_three_sources(manage, slug):
    status, out, err = manage(slug, "--json", "--size", "20")
    assert (status, err) == (0, "")
    columns = json.loads(out)
    assert [column["source"] for column in columns] == ["exercise", "stub", "solution"]
    assert [column["problem"] for column in columns] == [None, None, None]
    assert columns[2]["calls"]
