"""The warm process and its stages: the same verdicts, one kata after another, whatever is killed."""

import dataclasses
import os
import signal

import pytest

from core import catalogue
from core.runner.job import ahead_of, job_of
from core.runner.run import run
from core.server.forker import Forker
from tests.conftest import wait_for
from tests.runner.test_samples import golden
from tests.server.test_server import everyone, parent

SHOP = ("core.bookshop",)


@pytest.fixture
def forker():
    with Forker() as forker:
        yield forker


def stages(forker: Forker) -> list[int]:
    """The warm processes below the first."""
    return [pid for pid in everyone() if parent(pid) == forker.process.pid]


def stage(name: str, **more: object) -> tuple[str, ...]:
    kata = dataclasses.replace(catalogue.get(name), **more)
    job = job_of(kata, mode="tests", path="", database=kata.databases[0], seed=1)
    return ahead_of(job, ()).apps


def test_a_stage_is_for_katas_that_share_apps_and_replace_no_settings():
    assert stage("select_related") == SHOP
    assert stage("select_related", databases=("file",)) == SHOP
    assert stage("select_related", databases=("postgres",)) == ()
    assert stage("select_related", settings={"TIME_ZONE": "Europe/Paris"}) == ()
    assert stage("select_related", settings_add={"MIDDLEWARE": ["x"]}) == ()
    assert stage("custom_user_model") == ()
    assert stage("iterators") == ()


@pytest.mark.parametrize("source", ["solution", "stub"])
def test_katas_on_one_stage_get_the_verdicts_of_a_cold_run(forker, source):
    """Among them one with models of its own beside the shop's, and each twice."""
    names = ["select_related", "database_constraints", "select_related", "database_constraints"]
    warm = [run(catalogue.get(name), source, seed=1, launch=forker)[0] for name in names]
    assert len(stages(forker)) == 1
    cold = [run(catalogue.get(name), source, seed=1)[0] for name in names[:2]]
    assert [golden(verdict) for verdict in warm] == [golden(verdict) for verdict in cold * 2]


def test_a_kata_on_a_stage_has_the_database_that_it_names(forker, samples):
    """Of one in memory, threads and workers of a kata would see nothing."""
    verdict, _ = run(catalogue.get("on_file"), seed=1, launch=forker)
    assert (verdict.status, len(stages(forker))) == ("passed", 1)


def test_a_swapped_user_model_between_katas_of_a_stage(forker):
    names = ["select_related", "custom_user_model", "select_related", "iterators"]
    verdicts = [run(catalogue.get(name), "solution", seed=1, launch=forker)[0] for name in names]
    assert [verdict.status for verdict in verdicts] == ["passed"] * 4


def test_a_stage_that_was_killed_is_made_anew(forker):
    kata = catalogue.get("select_related")
    run(kata, "solution", seed=1, launch=forker)
    (killed,) = stages(forker)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: not stages(forker))
    verdict, _ = run(kata, "solution", seed=1, launch=forker)
    assert verdict.status == "passed"
    assert killed not in stages(forker)
    assert len(stages(forker)) == 1


def test_stages_end_with_the_first_whatever_ends_it(forker):
    run(catalogue.get("select_related"), "solution", seed=1, launch=forker)
    (left,) = stages(forker)
    os.kill(forker.process.pid, signal.SIGKILL)
    wait_for(lambda: left not in everyone())
    verdict, _ = run(catalogue.get("select_related"), "solution", seed=1, launch=forker)
    assert verdict.status == "passed"


def test_nothing_of_the_first_run_is_held_by_its_stage(forker):
    """The stage is forked while that run's pipes are open: held, they would never end."""
    run(catalogue.get("select_related"), "solution", seed=1, launch=forker)
    (pid,) = stages(forker)
    held = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    assert [each for each in held if each.startswith("pipe:")] == []
