"""Probes: each tells a machine that has something from one that has not."""

import subprocess
import sys
from pathlib import Path

from core.doctor import machine
from core.doctor.machine import bounds, spaces
from tests.conftest import ROOT


def program(folder: Path, text: str) -> None:
    path = folder / "bwrap"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_bubblewrap_is_available_only_where_it_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bounds()[0].bubblewrap == "not installed"
    program(tmp_path, "echo 'bwrap: No permissions to create new namespace' >&2; exit 1")
    assert bounds()[0].bubblewrap == "does not run: No permissions to create new namespace"
    program(tmp_path, 'while [ "$1" != "--new-session" ]; do shift; done; shift; exec "$@"')
    assert bounds()[0].bubblewrap == "available"


def test_rlimits_and_fork_are_tried_out(monkeypatch):
    sandbox, fork = bounds()
    assert (sandbox.level, fork) == ("rlimits", True)
    monkeypatch.setattr(machine, "PROBE", "raise SystemExit(1)")
    sandbox, fork = bounds()
    assert (sandbox.level, fork) == ("none", False)


def test_address_space_that_is_bounded_already_is_no_reason_against_rlimits():
    code = "from core.doctor.machine import bounds; print(bounds()[0].level)"
    done = subprocess.run(
        ["sh", "-c", 'ulimit -v 4000000; exec "$@"', "sh", sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("rlimits\n", "")


def test_space_of_a_folder_that_is_yet_to_be_made(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "STATE", tmp_path / "not" / "yet")
    state, _ = spaces()
    assert (state.folder, state.problem) == (str(tmp_path / "not" / "yet"), "")
    assert state.free > 0
