"""What stands around a run: files that are no files, tests that were edited, ends from outside."""

import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from core import catalogue
from core.errors import KataError
from core.kata import Limits
from core.runner.run import run
from tests import database
from tests.conftest import ROOT, SAMPLES, copy_sample, left_behind, wait_for

GOOD = (SAMPLES / "sources" / "passed" / "exercise.py").read_text()


@pytest.fixture
def kata_folder(tmp_path, monkeypatch):
    """A copy of the bounded sample, solved, in a root of its own; with time on a busy machine."""
    folder = copy_sample("bounded", tmp_path, monkeypatch, exercise=GOOD)
    toml = folder / "kata.toml"
    toml.write_text(toml.read_text().replace("\nseconds = 4\n", "\nseconds = 60\n"))
    return folder


def judged(**options):
    return run(catalogue.get("bounded"), seed=1, **options)[0]


def words(verdict):
    assert verdict.problem
    return verdict.status, verdict.problem.message


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "is a folder, not a file."),
        (os.mkfifo, "is not a file."),
        (lambda path: None, "is missing."),
        (lambda path: path.symlink_to("/dev/zero"), "is not a file."),
        (lambda path: path.write_bytes(b"#" * 2_000_000), "is larger than 1 MiB."),
    ],
    ids=["folder", "fifo", "missing", "device", "huge"],
)
def test_error_no_file_in_its_place(kata_folder, make, message):
    path = kata_folder / "exercise.py"
    path.unlink()
    make(path)
    assert words(judged()) == ("error", f"{path} {message}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD,
        "import unittest\n\n\nclass One(unittest.TestCase):\n    def test_x(self):\n        pass\n",
    ],
    ids=["emptied", "replaced by the exercise", "weakened"],
)
def test_error_edited_tests_never_pass(kata_folder, text):
    (kata_folder / "tests.py").write_text(text)
    verdict = judged()
    assert verdict.status == "error"
    assert verdict.problem
    assert verdict.problem.kind in ("tests", "missing")


def test_error_tests_that_still_pass_name_the_way_back(kata_folder):
    with (kata_folder / "tests.py").open("a") as file:
        file.write("# a note\n")
    path = kata_folder / "tests.py"
    verdict = judged()
    assert words(verdict) == ("error", f"{path} is not the one that the kata was checked with.")
    assert verdict.passed == 3


def test_timeout_processor_time(kata_folder, monkeypatch):
    (kata_folder / "exercise.py").write_text("while True:\n    pass\n")
    kata = catalogue.get("bounded")
    object.__setattr__(kata, "limits", Limits(seconds=30, cpu_seconds=2))
    verdict, _ = run(kata, seed=1)
    assert words(verdict) == ("timeout", "Stopped after 2 seconds of processor time.")


def test_fork_bomb_is_stopped_and_nothing_is_left(kata_folder, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bomb = "import os\n\n\ndef double(n):\n    while True:\n        os.fork()\n"
    (kata_folder / "exercise.py").write_text(bomb)
    assert judged().problem.kind == "processes"
    assert left_behind(tmp_path) == []


def test_two_runs_at_once_do_not_meet(kata_folder):
    (kata_folder / "exercise.py").write_text(GOOD + "\nimport time\n\ntime.sleep(0.5)\n")
    results = []
    workers = [threading.Thread(target=lambda: results.append(judged())) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [verdict.status for verdict in results] == ["passed"] * 4


def test_error_full_disk_for_the_run_folder(kata_folder, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/proc/no-folder-can-be-made-here")
    with pytest.raises(KataError, match="The run folder in "):
        judged()


def test_disk_full_in_the_state_folder_keeps_the_verdict(kata_folder, small_disk):
    """The workspace's database is on a full disk: the verdict is shown, and the run is not stored."""
    done = small_disk("manage.py", "kata", "bounded", "--seed", "1")
    assert done.returncode == 0, done.stderr
    assert "3 of 3 cases pass" in done.stdout
    assert "The run was not stored." in done.stderr


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_ending_the_command_ends_the_run(kata_folder, tmp_path, sign):
    mark = tmp_path / "started"
    code = f"import pathlib\nimport time\n\npathlib.Path({str(mark)!r}).write_text('x')\ntime.sleep(60)\n"
    (kata_folder / "exercise.py").write_text(code)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    command = subprocess.Popen(
        [sys.executable, "manage.py", "kata", "bounded"],
        cwd=ROOT,
        env=os.environ
        | database.workspace(tmp_path / "state")
        | {"TMPDIR": str(temporary), "KATA_SERVER": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(mark.exists)
    command.send_signal(sign)
    _, errors = command.communicate(timeout=60)
    wait_for(lambda: not list(temporary.glob("kata-*")) and not left_behind(temporary))
    if sign == signal.SIGINT:
        assert (command.returncode, errors) == (130, "Stopped. Nothing was stored.\n")


def test_read_only_kata_folder_is_judged_all_the_same(kata_folder):
    for path in (kata_folder, *kata_folder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    assert judged().status == "passed"


def test_verdict_is_the_same_for_the_same_seed(kata_folder):
    first, second = (json.dumps(judged().to_json()["cases"][0]["id"]) for _ in range(2))
    assert first == second
