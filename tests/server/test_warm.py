"""The warm process and its stages: the same verdicts, one kata after another, whatever is killed."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys

import pytest

from core import catalogue
from core.runner.job import ahead_of, job_of
from core.runner.launch import environment
from core.runner.run import run
from core.server.forker import Forker
from core.server.warm import ONCE_SET_UP
from core.state import ROOT
from tests.conftest import wait_for
from tests.runner.test_samples import golden
from tests.server.test_server import everyone, parent, read


@pytest.fixture
def forker():
    with Forker() as forker:
        yield forker


def stages(forker: Forker) -> list[int]:
    """The warm processes below the first."""
    return below(forker.process.pid)


def stage(name: str, **more: object) -> str:
    kata = dataclasses.replace(catalogue.get(name), **more)
    job = job_of(kata, mode="tests", path="", database=kata.databases[0], seed=1)
    return ahead_of(job, ()).stage


def test_a_stage_is_for_katas_with_the_same_apps_and_settings():
    shop = stage("select_related")
    assert shop == stage("prefetch_related") == stage("select_related", databases=("file",))
    paris = stage("select_related", settings={"TIME_ZONE": "Europe/Paris"})
    assert paris == stage("prefetch_related", settings={"TIME_ZONE": "Europe/Paris"})
    added = stage("select_related", settings_add={"MIDDLEWARE": ["x"]})
    others = [stage("iterators"), stage("database_constraints"), paris, added]
    assert len({shop, *others}) == 5
    assert all(others)


@pytest.mark.parametrize(
    "more",
    [
        {"databases": ("postgres",)},
        {"settings": {"AUTH_USER_MODEL": "select_related.User"}},
        {"settings_add": {"INSTALLED_APPS": ["elsewhere"]}},
        {"settings": {"CACHE_URL": "$REDIS_URL"}},
        {"settings_add": {"MIDDLEWARE": ["katas.orm.select_related.exercise.Mine"]}},
        {"settings": {"LONG": "x" * 5000}},
    ],
)
def test_no_stage_for_what_is_of_one_kata_or_one_run(more):
    assert stage("select_related", **more) == ""


@pytest.mark.parametrize(
    ("name", "setting"),
    [("viewsets_and_routers", "REST_FRAMEWORK"), ("class_based_views", "MIDDLEWARE")],
)
def test_a_stage_holds_what_katas_with_a_setting_import(forker, name, setting, tmp_path):
    kata = catalogue.get(name)
    source = kata.folder / "author" / "solution"
    shutil.copytree(source, tmp_path / "mine")
    views = tmp_path / "mine" / "views.py"
    missing = f"[name for name in {ONCE_SET_UP[setting]} if name not in sys.modules]"
    views.write_text(f"import sys\nprint({missing})\n{views.read_text()}")
    verdict, _ = run(kata, str(views.parent), seed=1, launch=forker)
    assert (verdict.status, {*verdict.output.splitlines()}) == ("passed", {"[]"})


def test_the_stages_that_were_wanted_last_stay(forker):
    """Each holds memory."""
    kata = catalogue.get("iterators")

    def judged(number: int) -> None:
        own = dataclasses.replace(kata, settings={"NUMBER": number})
        assert run(own, "solution", seed=1, launch=forker)[0].status == "passed"

    judged(1)
    first = stages(forker)
    for number in (2, 3, 4, 1, 5):
        judged(number)
    wait_for(lambda: len(stages(forker)) == 4)
    assert {*first} <= {*stages(forker)}


@pytest.mark.parametrize("source", ["solution", "stub"])
def test_katas_on_a_stage_get_the_verdicts_of_a_cold_run(forker, source):
    """On the shop's, and on one for a kata with models of its own, each twice."""
    names = ["select_related", "database_constraints", "select_related", "database_constraints"]
    warm = [run(catalogue.get(name), source, seed=1, launch=forker)[0] for name in names]
    assert len(stages(forker)) == 2
    cold = [run(catalogue.get(name), source, seed=1)[0] for name in names[:2]]
    assert [golden(verdict) for verdict in warm] == [golden(verdict) for verdict in cold * 2]


def test_a_kata_on_a_stage_has_the_database_that_it_names(forker, samples):
    """Of one in memory, threads and workers of a kata would see nothing."""
    verdict, _ = run(catalogue.get("on_file"), seed=1, launch=forker)
    assert (verdict.status, len(stages(forker))) == ("passed", 1)


def test_each_run_of_a_stage_has_a_temporary_folder_of_its_own(forker, tmp_path):
    """Its rehearsal has asked for one as well, and Python remembers the answer."""
    kata = catalogue.get("select_related")
    solution = (kata.folder / "author" / "solution" / "exercise.py").read_text()
    source = tmp_path / "exercise.py"
    source.write_text(f"import tempfile\nprint(tempfile.gettempdir())\n{solution}")
    run(kata, str(source), seed=1, launch=forker)
    wait_for(lambda: len(waiting(forker)) == 2)  # rehearsed
    verdict, _ = run(kata, str(source), seed=1, launch=forker)
    assert verdict.output == "tmp\n"  # below the run folder


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


def below(pid: int) -> list[int]:
    return [each for each in everyone() if parent(each) == pid]


def state(pid: int) -> str:
    """ "Z" for a process that has ended and is not waited for; "" for one that is gone."""
    return read(f"/proc/{pid}/stat").rpartition(")")[2][1:2]


def waiting(forker: Forker) -> list[int]:
    """The keeper that the one stage has forked ahead, and its child."""
    keepers = [keeper for stage in stages(forker) for keeper in below(stage)]
    return [*keepers, *(child for keeper in keepers for child in below(keeper))]


@pytest.mark.parametrize("killed", [None, 0, 1])
def test_a_run_takes_the_keeper_that_waits_and_does_without_a_killed_one(forker, killed):
    """Its keeper, or the child that it holds."""
    kata = catalogue.get("select_related")
    run(kata, "solution", seed=1, launch=forker)
    wait_for(lambda: len(waiting(forker)) == 2)
    before = waiting(forker)
    if killed is not None:
        os.kill(before[killed], signal.SIGKILL)
        wait_for(lambda: state(before[killed]) in ("", "Z"))
    verdict, _ = run(kata, "solution", seed=1, launch=forker)
    assert verdict.status == "passed"
    wait_for(lambda: len(waiting(forker)) == 2)
    assert not {*before} & {*waiting(forker)}


def test_a_keeper_that_waits_ends_with_its_stage(forker):
    run(catalogue.get("iterators"), "solution", seed=1, launch=forker)
    wait_for(lambda: len(waiting(forker)) == 2)
    before = waiting(forker)
    os.kill(stages(forker)[0], signal.SIGKILL)
    wait_for(lambda: not {*before} & {*everyone()})


def test_nothing_of_the_first_run_is_held_by_its_stage(forker):
    """The stage is forked while that run's pipes are open: held, they would never end."""
    run(catalogue.get("select_related"), "solution", seed=1, launch=forker)
    (pid,) = stages(forker)
    held = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    assert [each for each in held if each.startswith("pipe:")] == []


def test_a_stage_lives_through_its_rehearsal(forker):
    """A stage that broke while it rehearses would be made anew for each run, and be slow in silence."""
    kata = catalogue.get("select_related")
    run(kata, "solution", seed=1, launch=forker)
    before = stages(forker)
    for _ in range(3):
        run(kata, "solution", seed=1, launch=forker)
    assert stages(forker) == before


@pytest.mark.parametrize("name", ["iterators", "database_constraints", "select_related"])
def test_what_is_rehearsed_passes_but_for_what_fails_on_purpose(name):
    """As plain pytest would run it in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", REHEARSED, stage(name)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("Plain::test_")]
    assert failed == ["Plain::test_fails", "Plain::test_raises"] * 2, done.stdout + done.stderr
    assert done.stdout.endswith("[]\n"), "something of it stayed in the session"


# Twice in one process, as a stage does once: the second finds nothing of the first.
REHEARSED = """
import os, sys
import pytest
from core.runner import child
from core.server import warm

class Session:
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session):
        session.config.pluginmanager.unregister(self)
        job = warm.rehearsal(sys.argv[1])
        child.set_up(job)
        child.Channel = Shown
        plugins = session.config.pluginmanager.get_plugins()
        for _ in range(2):
            child.rehearse(job, session)
        print(list(session.config.pluginmanager.get_plugins() - plugins), flush=True)
        os._exit(0)

class Shown:
    def __init__(self, *_): ...
    def send(self, kind, **values):
        if kind == "problem" or values.get("failure"):
            print(values.get("id", values), flush=True)

pytest.main([*child.OPTIONS, "--rootdir=/"], plugins=[Session()])
"""
