"""Golden samples: what a learner's code may do to the runner, and the verdict that it must give.

`KATA_GOLDEN=1 scripts/test tests/runner/test_samples.py` writes the verdicts anew; read the difference.
"""

import dataclasses
import json
import os
from pathlib import Path

import pytest

from core import catalogue, processes
from core.runner.run import run
from core.verdict import Case, Verdict, verdict_from_json
from tests.conftest import SAMPLES, left_behind, often

SOURCES = sorted(path.name for path in (SAMPLES / "sources").iterdir())
SERVED = ("shelf", "bell", "post")  # by real servers
KATAS = (
    *("rows", "plain_pytest", "swapped_user", "pages", "needy", "migrated", "rest", "on_file"),
    *SERVED,
)
# Judged cold every day; the others only warm, by tests/server/test_server.py.
COLD = ("passed", "failed", "syntax_error", "exit_in_call", "leaves_daemon", "rows", "pages")
# Python and pytest print these themselves, with words of their own that differ between versions.
NOISY = ("thread_bomb", "leaves_thread")


def golden(verdict: Verdict) -> dict:
    """The verdict without what differs from run to run."""
    cases = tuple(_untimed(case) for case in verdict.cases)
    sandbox = dataclasses.replace(verdict.sandbox, seconds=0.0, memory=0.0)
    output = verdict.output[:200] if verdict.kata == "bounded" else verdict.output
    same = dataclasses.replace(verdict, cases=cases, sandbox=sandbox, duration=0.0, output=output)
    return same.to_json()


def _untimed(case: Case) -> Case:
    measurements = tuple(
        dataclasses.replace(
            each,
            shapes=tuple(dataclasses.replace(shape, seconds=0.0) for shape in each.shapes),
            points=tuple(dataclasses.replace(point, seconds=0.0) for point in each.points),
        )
        for each in case.measurements
    )
    return dataclasses.replace(case, seconds=0.0, measurements=measurements)


def compare(name: str, verdict: Verdict) -> None:
    path = SAMPLES / "verdicts" / f"{name}.json"
    found = json.loads(json.dumps(golden(verdict)))
    if os.environ.get("KATA_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8"))
    assert verdict_from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


@pytest.mark.parametrize("name", often(SOURCES, *COLD, else_in_ci="half a second, judged cold"))
def test_source_gives_its_verdict_and_leaves_nothing(name, samples, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    kata = catalogue.get("bounded")
    relative = SAMPLES.relative_to(Path.cwd()) / "sources" / name
    others = processes.descendants(os.getpid())  # servers that other tests of this process share
    verdict, files = run(kata, str(relative), seed=1)
    compare(name, verdict)
    assert files
    assert list(tmp_path.iterdir()) == []
    assert left_behind(tmp_path) == []
    assert set(processes.descendants(os.getpid())) <= set(others)


@pytest.mark.parametrize("name", often(KATAS, *COLD, else_in_ci="half a second, judged cold"))
def test_kata_gives_its_verdict(name, samples):
    compare(f"kata-{name}", run(catalogue.get(name), seed=1)[0])


def test_run_after_all_of_them_passes(samples):
    verdict, _ = run(catalogue.get("bounded"), "solution", seed=1)
    assert verdict.status == "passed"


@pytest.mark.parametrize("name", sorted(path.name for path in (SAMPLES / "models").iterdir()))
def test_models_give_their_verdict(name, samples):
    source = SAMPLES.relative_to(Path.cwd()) / "models" / name
    compare(f"models-{name}", run(catalogue.get("rows"), str(source), seed=1)[0])
