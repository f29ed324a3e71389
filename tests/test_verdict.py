"""The verdict's tree: to JSON and back without a loss, and nothing else is taken for one."""

import dataclasses
import json
import re

import pytest

from core.verdict import (
    EXIT_STATUS,
    Case,
    Line,
    Measurement,
    Point,
    Problem,
    Sandbox,
    Shape,
    Status,
    Task,
    Verdict,
    build,
    verdict_from_json,
    worst,
)

PROBLEM = Problem(
    kind="Mismatch",
    message="Twice the number.",
    call="double(2)",
    got="2",
    expected="4",
    lines=(Line("exercise.py", 2, "double", "return n"),),
    test=Line("tests.py", 9, "test_double", "expect(…)"),
)
SHAPE = Shape("SELECT … FROM book", "exercise.py:2", 3, 0.25)
FULL = Verdict(
    kata="joins",
    uuid="00000000-0000-4000-8000-000000000001",
    source="exercise",
    checksum="abc",
    status=Status.FAILED,
    seed=7,
    tasks=(Task(1, "Double", Status.FAILED), Task(2, "Halve", Status.PASSED)),
    cases=(
        Case(
            "One::test_double",
            1,
            Status.FAILED,
            PROBLEM,
            (
                Measurement(
                    "queries", "double(2)", 3.0, 1.0, (SHAPE,), (Point(1, 3.0), Point(4, 3.5, 0.5))
                ),
            ),
            "printed\n",
            0.25,
        ),
        Case("Two::test_halve", 2, Status.PASSED),
        Case("Two::test_free", 2, Status.PASSED, measurements=(Measurement("rows", "x", 1.0),)),
    ),
    problem=Problem("exit", "The code ended Python itself.", hint="Take out exit()."),
    output="printed\n",
    duration=1.5,
    sandbox=Sandbox("rlimits", 1.5, 10.0, 30.5, 512.0),
)
BARE = Verdict("joins", "u", "stub", "", Status.UNAVAILABLE, 0, (), ())


def through_json(verdict: Verdict) -> dict:
    return json.loads(json.dumps(verdict.to_json()))


@pytest.mark.parametrize("verdict", [FULL, BARE], ids=["full", "bare"])
def test_json_and_back_is_the_same(verdict):
    assert verdict_from_json(through_json(verdict)) == verdict


def test_json_form_begins_with_its_version():
    assert BARE.to_json() == {
        "version": 1,
        "kata": "joins",
        "uuid": "u",
        "source": "stub",
        "checksum": "",
        "status": "unavailable",
        "seed": 0,
        "tasks": (),
        "cases": (),
        "problem": None,
        "output": "",
        "duration": 0.0,
        "sandbox": {
            "level": "none",
            "seconds": 0.0,
            "seconds_limit": 0.0,
            "memory": 0.0,
            "memory_limit": 0.0,
        },
    }
    assert next(iter(BARE.to_json())) == "version"


def test_whole_number_where_a_float_stands_becomes_one():
    verdict = verdict_from_json(through_json(FULL) | {"duration": 2})
    assert (verdict.duration, type(verdict.duration)) == (2.0, float)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "verdict version 2 is not 1"),
        ({"version": None}, "verdict version None is not 1"),
        ({"seed": "7"}, "not a Verdict: '7' is not int"),
        ({"duration": None}, "not a Verdict: None is not float"),
        ({"status": "green"}, "'green' is not a valid Status"),
        ({"status": 1}, "not a Verdict: 1 is not Status"),
        ({"colour": "green"}, "not a Verdict: 'colour'"),
        ({"tasks": "abc"}, "not a Verdict: 'abc' is not a list"),
        ({"tasks": {}}, "not a Verdict: {} is not a list"),
        ({"tasks": ["abc"]}, "not a Verdict: 'str' object has no attribute 'items'"),
        ({"problem": []}, "not a Verdict: 'list' object has no attribute 'items'"),
    ],
)
def test_error_what_is_not_a_verdict(change, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        verdict_from_json(through_json(FULL) | change)


def test_error_missing_fields_are_named():
    with pytest.raises(ValueError, match=r"not a Task: .* missing .* 'title' and 'status'"):
        build(Task, {"number": 1})


@pytest.mark.parametrize("value", [None, [], "verdict", 1, {}])
def test_error_what_is_not_a_table(value):
    with pytest.raises(ValueError, match=r"^verdict version None is not 1$"):
        verdict_from_json(value)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], "passed"),
        (["passed", "passed"], "passed"),
        (["passed", "failed", "passed"], "failed"),
        (["failed", "error"], "error"),
        (["error", "timeout", "failed"], "timeout"),
        (["timeout", "unavailable", "error"], "unavailable"),
    ],
)
def test_worst_follows_the_precedence(statuses, expected):
    assert worst(map(Status, statuses)) is Status(expected)


def test_every_status_has_its_exit_status():
    assert {status.value: number for status, number in EXIT_STATUS.items()} == {
        "passed": 0,
        "failed": 1,
        "error": 2,
        "timeout": 2,
        "unavailable": 3,
    }
    assert set(EXIT_STATUS) == set(Status)


def test_passed_counts_cases():
    assert (FULL.passed, BARE.passed) == (2, 0)


def test_tree_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FULL.status = Status.PASSED
    assert hash(FULL)
