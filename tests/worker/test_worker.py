"""What a worker does with runs: judged warm, followed, cancelled, given back; a sick one takes none."""

import json
import os
import shutil
import signal

from core.worker import process
from tests.conftest import in_ci, wait_for

TWENTY = ["gate", *["pages", "bounded"] * 9, "pages"]


def test_runs_are_judged_and_wait_and_duration_are_apart(workspace):
    workspace.start_worker(runs=2)
    names = ["select_related", "iterators", "select_related", "iterators"]
    runs = workspace.ask("enqueue", names, "solution")
    assert workspace.wait(runs) == [("passed", 1)] * 4
    found = workspace.rows(
        "SELECT queued_at, started_at, wait, duration, snapshot_id FROM core_run"
    )
    for queued, started, wait, duration, snapshot in found:
        assert queued < started
        assert (wait > 0, duration > 0, bool(snapshot)) == (True, True, True)


def test_twenty_runs_show_how_far_they_are_and_are_cancelled(workspace):
    workspace.start_worker()
    runs = workspace.ask("enqueue", TWENTY)
    workspace.gate.reached()
    wait_for(lambda: workspace.ask("progress", runs[0]) == [1, 2])
    health = workspace.ask("well")
    assert (health["queued"], health["running"], health["workers"]) == (19, 1, 1)
    assert workspace.ask("cancel", runs[0]) == 20
    workspace.gate.abandoned()  # the one that ran was ended
    assert workspace.runs(runs) == [("cancelled", 1)] + [("cancelled", 0)] * 19
    (last,) = workspace.ask("enqueue", ["pages"])  # and the worker is free for the next
    assert workspace.wait([last]) == [("passed", 1)]
    assert workspace.rows("SELECT count(*) FROM core_judgement") == [(1,)]
    assert workspace.rows("SELECT count(*) FROM core_standing") == [(1,)]


@in_ci("five seconds and more")
def test_files_are_judged_as_they_stand_when_the_run_starts(workspace):
    (run,) = workspace.ask("enqueue", ["gate"])
    mine = workspace.folder / "gates" / "language" / "gate" / "exercise.py"
    mine.write_text("def go():\n    return ''\n")
    workspace.start_worker()
    assert workspace.wait([run]) == [("passed", 1)]
    (text,) = workspace.rows("SELECT files FROM core_snapshot")[0]
    assert "return ''" in text


@in_ci("five seconds and more")
def test_worker_that_is_told_to_end_gives_back_what_takes_too_long(workspace):
    workspace.start_worker()
    runs = workspace.ask("enqueue", ["gate", "pages"])
    workspace.gate.reached()
    workspace.worker.send_signal(signal.SIGTERM)
    workspace.gate.abandoned()
    assert workspace.worker.wait(timeout=60) == 0
    assert workspace.runs(runs) == [("queued", 0)] * 2
    workspace.start_worker()  # the messages are there again
    workspace.gate.reached()
    workspace.gate.open()
    assert workspace.wait(runs) == [("passed", 1)] * 2


@in_ci("five seconds and more")
def test_worker_that_is_told_to_end_waits_for_what_is_quick(workspace):
    workspace.start_worker()
    (run,) = workspace.ask("enqueue", ["gate"])
    workspace.gate.reached()
    workspace.worker.send_signal(signal.SIGTERM)
    workspace.gate.open()
    assert workspace.worker.wait(timeout=60) == 0
    assert workspace.runs([run]) == [("passed", 1)]


def test_kata_whose_folder_is_gone_is_no_failure_of_the_learners(workspace):
    (run,) = workspace.ask("enqueue", ["gate"])
    shutil.rmtree(workspace.folder / "gates" / "language" / "gate")
    workspace.start_worker()
    assert workspace.wait([run]) == [("error", 1)]
    (text,) = workspace.rows("SELECT verdict FROM core_judgement")[0]
    assert "There is no kata 'gate'" in text
    assert workspace.rows("SELECT count(*) FROM core_standing") == [(0,)]
    assert workspace.worker.poll() is None  # it judges others


@in_ci("five seconds and more")
def test_run_whose_keeper_hangs_is_ended_and_is_no_attempt_of_the_learners(workspace):
    (run,) = workspace.ask("enqueue", ["gate"])
    workspace.broker.client.flushdb()
    workspace.ask("deliver_limited", run, 8)  # by the soft limit of its task
    workspace.start_worker()
    workspace.gate.reached()
    os.kill(workspace.keeper(), signal.SIGSTOP)
    assert workspace.wait([run]) == [("error", 1)]
    workspace.gate.abandoned()
    (text,) = workspace.rows("SELECT verdict FROM core_judgement")[0]
    problem = json.loads(text)["problem"]
    assert (problem["kind"], problem["message"]) == (
        "infrastructure fault",
        "The run did not end at its limits, as its keeper hangs.",
    )
    for table in ("core_standing", "core_card"):
        assert workspace.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    (last,) = workspace.ask("enqueue", ["pages"])  # the same worker judges the next
    assert workspace.wait([last]) == [("passed", 1)]
    assert workspace.worker.poll() is None


def test_pass_is_graded_as_one_from_the_terminal(workspace):
    workspace.start_worker()
    tries = workspace.ask("enqueue", ["bounded", "pages"])
    assert workspace.wait(tries) == [("failed", 1), ("passed", 1)]
    assert workspace.rows(
        "SELECT rating, tries FROM core_review JOIN core_card ON card_id = core_card.id"
    ) == [(4, 0)]


@in_ci("five seconds and more")
def test_sick_worker_takes_no_more_and_its_run_waits_for_another(workspace):
    workspace.start_worker()
    (run,) = workspace.ask("enqueue", ["pages"])
    workspace.wait([run])
    workspace.temporary.rename(workspace.folder / "away")  # where run folders are made
    runs = workspace.ask("enqueue", ["pages", "bounded"])
    assert workspace.worker.wait(timeout=60) == 0
    assert workspace.runs(runs) == [("queued", 0)] * 2
    assert "CRITICAL: This worker cannot judge a trivial kata, and ends: " in workspace.words()
    (workspace.folder / "away").rename(workspace.temporary)
    workspace.start_worker()
    assert workspace.wait(runs) == [("passed", 1), ("failed", 1)]


def test_canary_is_judged_both_ways(monkeypatch, tmp_path):
    assert process.judge_canary() == ""
    copy = tmp_path / "canary" / "trivial" / "sound"
    shutil.copytree(process.CANARY, copy)
    monkeypatch.setattr(process, "CANARY", copy)
    stub, solution = (copy / "author" / name / "exercise.py" for name in ("stub", "solution"))
    stub.write_text(solution.read_text())
    assert process.judge_canary() == "the stub came out as passed, not failed."
    solution.write_text("def add(")
    assert process.judge_canary().startswith("the solution came out as error, not passed: ")
    process.process.forker.stop()
