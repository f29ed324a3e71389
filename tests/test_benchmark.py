"""The benchmark runs and says what it measured, whatever that was; and what its figures rest on."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core import catalogue
from core.runner.run import run
from scripts.benchmarks.copies import make, together
from scripts.benchmarks.pairs import Pairs, Spread, in_turn
from tests.conftest import ROOT, in_ci, wait_for
from tests.test_catalogue import make as make_kata

SMALL = ("--repeat", "1", "--few", "3", "--installed", "4", "--many", "6")


def benchmark(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.benchmarks", *arguments],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def left_behind(folder: Path) -> list[str]:
    """Processes that work in a folder of the benchmark."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        try:
            place = os.readlink(path)
        except OSError:
            continue
        if place.startswith(str(folder)):
            found.append(path.parent.name)
    return found


@pytest.fixture
def short():
    """A folder short enough for a socket below it."""
    folder = Path(tempfile.mkdtemp(prefix="kb-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@in_ci("a minute or more")
def test_prints_its_table_and_leaves_nothing(short):
    done = benchmark(short, *SMALL)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["what", "s", "against", "s", "ratio", "at", "most"]
    for words in ("warm verdict", "kata NAME, server", "kata NAME --cold", "kata --cold, 6"):
        assert [line for line in lines if line.startswith(words)], words
    assert [line.partition(" ms: ")[0] for line in lines if " ms: " in line] == [
        "One warm verdict of a bookshop kata,",
        "One warm verdict of a plain Python kata,",
    ]
    assert lines[-1].startswith("1 pairs, Python ")
    assert list(short.iterdir()) == []
    wait_for(lambda: left_behind(short) == [])


@in_ci("half a minute")
def test_json_of_one_measure_holds_every_pair(tmp_path):
    done = benchmark(tmp_path, "cold", "--json", *SMALL)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    (row,) = found["rows"]
    assert (row["what"], row["most_ratio"]) == ("kata NAME --cold", 1.0)
    lengths = {len(row["pairs"][side]) for side in "ab"}  # a pair for each kata that is measured
    assert len(lengths) == 1
    assert lengths <= {1, 2, 3}
    assert row["met"] is (row["ratio"]["median"] <= 1)


def test_error_unknown_measure(tmp_path):
    done = benchmark(tmp_path, "warmth")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("There is no measure 'warmth': warm, one-shot, cold, size, phases.\n")


def test_pairs_are_measured_in_turn_after_one_of_each():
    order = []

    def timed(name, seconds):
        return lambda: order.append(name) or seconds

    pairs = in_turn([(timed("A", 1.0), timed("B", 4.0))], repeat=2)
    assert order == ["A", "B"] * 3
    assert pairs == Pairs((1.0, 1.0), (4.0, 4.0))
    assert pairs.ratio == Spread(0.25, 0.25, 0.25)


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """The workspace's katas, and one copy of each that can be installed beside others."""
    katas = catalogue.catalogue().katas
    total = len(katas) + sum(map(together, katas))
    folders = make(tmp_path / "made", katas, total)
    monkeypatch.setenv("KATA_PATH", str(tmp_path / "made"))
    return folders[len(katas) :]


@in_ci("ten seconds")
def test_copies_are_sound_katas(copies):
    assert copies
    for folder in copies:
        verdict, _ = run(catalogue.load(folder), "solution", seed=1)
        assert (verdict.kata, verdict.status) == (folder.name, "passed"), verdict.problem


def test_list_reads_a_file_once_and_again_when_it_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.delenv("KATA_PATH", raising=False)
    path = make_kata(tmp_path / "katas", "orm/joins") / "kata.toml"
    monkeypatch.setattr(catalogue, "SETTLED", -1)
    read = []
    text = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda path, **how: read.append(1) or text(path, **how))
    titles = [catalogue.catalogue().katas[0].title for _ in range(2)]
    path.write_text(text(path).replace("A title", "B title"))
    titles += [catalogue.catalogue().katas[0].title for _ in range(2)]
    assert (titles, len(read)) == (["A title", "A title", "B title", "B title"], 2)


def test_file_that_changed_just_now_is_read_each_time(tmp_path, monkeypatch):
    """A second change within one tick of the file system's clock would not show."""
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    folder = make_kata(tmp_path / "katas", "orm/joins")
    read = []
    text = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda path, **how: read.append(1) or text(path, **how))
    assert catalogue.load(folder) == catalogue.load(folder)
    assert len(read) == 2


@in_ci("ten seconds")
def test_cockpit_times_every_page_over_a_filled_database(short):
    sizes = ("--runs", "3000", "--katas", "60", "--repeat", "2")
    done = benchmark(short, "cockpit", *sizes, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert (report["runs"], report["katas"]) == (3000, 60)
    assert all(0 < row["median"] <= row["p95"] for row in report["pages"])
    assert all(0 < row["queries"] <= 10 for row in report["pages"])
    assert {"front page", "a kata", "runs, no match"} <= {row["page"] for row in report["pages"]}
    assert list(short.iterdir()) == []


@in_ci("half a minute")
def test_stack_loses_no_run_whatever_is_killed(short):
    done = benchmark(short, "stack", "--runs", "8", "--repeat", "1", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [(row["runs"], row["verdicts"], row["lost"]) for row in report["rows"]] == [
        (8, 8, 0)
    ] * 4
    assert list(short.iterdir()) == []


def test_error_stack_of_a_kata_that_is_none(short):
    done = benchmark(short, "stack", "--kata", "nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is no kata 'nothing'.")
    assert list(short.iterdir()) == []
