"""How far a run is: from frames, in the cache, for a while."""

import pytest

from core import catalogue, queue
from core.catalogue import Cases
from core.models import Run
from core.queue import CaseSoFar, Progress
from core.queue.progress import KEPT, Recorder
from core.runner.run import run as judge

RUN = Run(pk=7, attempt=1)


def case(name: str, failure: object = None, skipped: str | None = None) -> dict:
    return {"frame": "case", "id": name, "failure": failure, "skipped": skipped}


def started(name: str) -> dict:
    return {"frame": "started", "id": name}


def test_run_without_frames_has_no_progress(broker):
    assert queue.progress(RUN) == Progress(0, ())


def test_cases_come_one_by_one(broker):
    record = Recorder(RUN, ["memory"], Cases("", {"A::a": 1, "A::b": 1, "A::c": 2}))
    seen = []
    for frame in [
        {"frame": "collected", "cases": [1, 2, 3]},
        started("A::a"),
        case("A::a"),
        started("A::b"),
        case("A::b", failure={"kind": "x"}),
        case("A::c", skipped="no"),
        {"frame": "end"},
    ]:
        record(frame)
        found = queue.progress(RUN)
        seen.append((found.expected, found.done))
    assert seen == [(3, 0), (3, 0), (3, 1), (3, 1), (3, 2), (3, 3), (3, 3)]
    assert queue.progress(RUN).cases == (
        CaseSoFar("A::a", "passed"),
        CaseSoFar("A::b", "failed"),
        CaseSoFar("A::c", "error"),
    )


def test_kata_without_recorded_cases_is_known_once_it_is_collected(broker):
    record = Recorder(RUN, ["memory"], None)
    record(started("A::a"))
    assert queue.progress(RUN).expected == 0
    record({"frame": "collected", "cases": [1, 2]})
    assert queue.progress(RUN).expected == 2


def test_each_database_has_its_cases(broker):
    record = Recorder(RUN, ["memory", "file"], Cases("", {"A::a": 1}))
    for _ in range(2):
        record({"frame": "collected", "cases": [1]})
        record(case("A::a"))
    assert queue.progress(RUN) == Progress(
        2, (CaseSoFar("A::a [memory]", "passed"), CaseSoFar("A::a [file]", "passed"))
    )


def test_another_attempt_begins_anew(broker):
    Recorder(RUN, ["memory"], None)(started("A::a"))
    assert queue.progress(Run(pk=7, attempt=2)) == Progress()


def test_many_runs_in_one_trip_and_no_query(broker, django_assert_num_queries, db):
    runs = [Run(pk=number, attempt=1) for number in range(1, 21)]
    for run in runs:
        Recorder(run, ["memory"], None)(started("A::a"))
    broker.config_resetstat()
    with django_assert_num_queries(0):
        found = queue.progress_of(runs)
    assert set(found) == set(range(1, 21))
    assert broker.info("commandstats")["cmdstat_mget"]["calls"] == 1


def test_progress_goes_by_itself(broker):
    Recorder(RUN, ["memory"], None)(started("A::a"))
    (key,) = broker.keys("*progress*")
    assert 0 < broker.ttl(key) <= KEPT


def test_frames_of_a_real_run(broker, samples):
    kata = catalogue.get("rows")
    verdict, _ = judge(kata, seed=1, listen=Recorder(RUN, kata.databases, catalogue.cases(kata)))
    found = queue.progress(RUN)
    assert [(each.id, each.status) for each in found.cases] == [
        (each.id, each.status) for each in verdict.cases
    ]
    assert found.done == found.expected == len(verdict.cases)


@pytest.mark.parametrize("broken", ["set", "get"])
def test_broker_that_is_away_hides_the_progress_and_nothing_else(use_broker, tmp_path, broken):
    use_broker(f"unix://{tmp_path}/nothing?db=0")
    if broken == "set":
        Recorder(RUN, ["memory"], None)(started("A::a"))
    assert queue.progress(RUN) == Progress()
