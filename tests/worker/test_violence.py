"""Real workers and a real broker, killed in the middle of runs: exactly one verdict each.

Once each on a laptop; a hundred times in CI, twenty of each kind.
"""

from collections import Counter

import pytest

from tests.conftest import ALL, in_ci

ROUNDS = 20 if ALL else 1
five_seconds = in_ci("five seconds each")


def kill_the_pool(workspace):
    """As the kernel does that is short of memory: the worker replaces it."""
    workspace.kill_pool()


def kill_the_worker(workspace):
    workspace.kill_worker()
    workspace.start_worker()


def kill_the_worker_and_the_broker(workspace):
    """As when the machine goes down."""
    workspace.kill_worker()
    workspace.broker.kill()
    workspace.broker.start()
    workspace.start_worker()


@pytest.mark.parametrize(
    "violence",
    [
        pytest.param(kill_the_pool, marks=five_seconds),
        kill_the_worker,
        pytest.param(kill_the_worker_and_the_broker, marks=five_seconds),
    ],
)
def test_run_whose_worker_is_killed_gets_one_verdict(workspace, violence):
    workspace.start_worker()
    rounds = []
    for _ in range(ROUNDS):
        (run,) = workspace.ask("enqueue", ["gate"])
        workspace.gate.reached()
        violence(workspace)
        workspace.gate.abandoned()
        assert workspace.runs([run]) == [("running", 1)]
        workspace.time_passes()
        workspace.ask("reap")
        workspace.gate.reached()
        workspace.gate.open()
        rounds += workspace.wait([run])
        assert workspace.verdicts(run) == 1
    assert Counter(rounds) == {("passed", 2): ROUNDS}
    assert workspace.rows("SELECT runs, passes FROM core_standing") == [(ROUNDS, ROUNDS)]


@five_seconds
def test_broker_is_restarted_while_runs_wait(workspace):
    """What runs goes on to its verdict; what was waiting is sent again."""
    workspace.start_worker()
    rounds = []
    for _ in range(ROUNDS):
        runs = workspace.ask("enqueue", ["gate", "pages", "gate"])
        workspace.gate.reached()
        workspace.broker.kill()
        workspace.broker.start()
        workspace.gate.open()
        rounds += workspace.wait(runs[:1])
        workspace.time_passes()
        assert workspace.ask("reap")["sent"] == 2
        workspace.gate.reached()
        workspace.gate.open()
        rounds += workspace.wait(runs[1:])
        assert [workspace.verdicts(run) for run in runs] == [1, 1, 1]
    assert Counter(rounds) == {("passed", 1): 3 * ROUNDS}


def test_message_that_comes_again_and_again_is_one_run(workspace):
    workspace.start_worker(runs=2)
    rounds = []
    for _ in range(ROUNDS):
        (run,) = workspace.ask("enqueue", ["gate"])
        workspace.gate.reached()
        for _ in range(3):
            workspace.ask("deliver", run)  # while it runs
        workspace.gate.open()
        rounds += workspace.wait([run])
        workspace.ask("deliver", run)  # and when it is over
        (last,) = workspace.ask("enqueue", ["pages"])  # what came before it is done
        workspace.wait([last])
        assert workspace.verdicts(run) == 1
    assert Counter(rounds) == {("passed", 1): ROUNDS}
    assert (ROUNDS, ROUNDS) in workspace.rows("SELECT runs, passes FROM core_standing")


@five_seconds
def test_run_that_kills_every_worker_is_given_up_and_is_no_failure(workspace):
    workspace.start_worker()
    (run,) = workspace.ask("enqueue", ["gate"])
    for _ in range(3):
        workspace.gate.reached()
        workspace.kill_pool()
        workspace.gate.abandoned()
        workspace.time_passes()
        found = workspace.ask("reap")
    assert found == {"returned": 0, "given_up": 1, "sent": 0}
    assert workspace.runs([run]) == [("error", 3)]
    assert workspace.verdicts(run) == 1
    assert workspace.rows("SELECT count(*) FROM core_standing") == [(0,)]
