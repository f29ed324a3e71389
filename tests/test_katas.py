"""Every kata of the workspace is sound, and its demo shows what it is about."""

import pytest

from core.catalogue import catalogue
from core.check.check import check
from core.runner.demo import demonstrate
from core.runner.run import run
from core.verdict import Status
from tests.conftest import in_ci

KATAS = catalogue().katas
SHOWN = ("select_related", "iterators", "celery_tasks")  # with a database, without, with a server
EACH = pytest.mark.parametrize("kata", KATAS, ids=[kata.slug for kata in KATAS])


def test_every_folder_reads():
    assert catalogue().problems == ()
    assert KATAS


def test_no_kata_needs_what_a_later_one_teaches():
    place = {kata.slug: number for number, kata in enumerate(KATAS)}
    late = [
        (kata.slug, name) for kata in KATAS for name in kata.after if place[name] > place[kata.slug]
    ]
    assert late == []


@EACH
def test_stub_fails_and_solution_passes(forker, kata):
    assert run(kata, "solution", launch=forker)[0].status is Status.PASSED
    assert run(kata, "stub", launch=forker)[0].status is Status.FAILED


@in_ci("some seconds a kata, and `manage.py kata_check NAME` for who changed one")
@EACH
def test_kata_is_sound(forker, kata):
    (checked,) = check((kata,), launch=forker)
    assert checked.findings == ()
    assert not checked.unavailable


@pytest.mark.parametrize(
    "kata",
    [
        pytest.param(
            kata,
            id=kata.slug,
            marks=[] if kata.slug in SHOWN else in_ci("three children a kata"),
        )
        for kata in KATAS
    ],
)
def test_demo_runs_on_all_three_sources(forker, kata):
    columns = demonstrate(kata, size=20, launch=forker)
    assert [column.source for column in columns] == ["exercise", "stub", "solution"]
    assert [column.problem for column in columns] == [None, None, None]
    assert columns[2].calls
