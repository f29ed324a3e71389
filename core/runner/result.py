"""Frames and endings → a verdict. A case that did not report is never a pass."""

import hashlib
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.catalogue import Cases, command, relative
from core.kata import Kata
from core.runner.job import CLOSED
from core.runner.keeper import MB, Ending
from core.source import Source, UnreadableSource
from core.verdict import (
    Case,
    Line,
    Measurement,
    Problem,
    Sandbox,
    Status,
    Task,
    Verdict,
    build,
    worst,
)

MOST_CASE_OUTPUT = 4096  # characters


@dataclass(frozen=True)
class Outcome:
    """What one child left behind: its frames, its ending, what it printed."""

    database: str
    frames: tuple[dict[str, Any], ...]
    rubbish: bool
    ending: Ending
    output: bytes
    translate: Callable[[str], str]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["frame"] == kind]

    @property
    def running(self) -> str:
        """The case that had started and not finished, if one had."""
        done = {frame["id"] for frame in self.of_kind("case")}
        return next((f["id"] for f in reversed(self.of_kind("started")) if f["id"] not in done), "")

    def problems(self, kata: Kata) -> list[tuple[Status, Problem]]:
        """Why this child did not come to a good end, if it did not."""
        told = [(Status.ERROR, _problem(f["problem"], self)) for f in self.of_kind("problem")]
        within = f" in {self.running}" if self.running else ""
        reason, limit = self.ending.reason, getattr(kata.limits, self.ending.reason, 0)
        debug = f"Run `{command()} {kata.slug} --debug` to watch it without limits."
        if reason in STOPPED:
            status, kind, words, hint = STOPPED[reason]
            words = f"Stopped{words.format(limit=limit)}{within}."
            told.append((status, Problem(kind, words, f"{hint} {debug}")))
        elif reason == "killed":
            words = f"Python was ended by the signal {_signal(self.ending.status)}{within}."
            hint = f"Something crashed it or killed it. {debug}"
            told.append((Status.ERROR, Problem("killed", words, hint)))
        elif reason == "keeper":
            words = f"The process that watches over the run was killed{within}."
            hint = "Leave the processes that you did not start alone."
            told.append((Status.ERROR, Problem("killed", words, hint)))
        elif self.rubbish or self.ending.status == CLOSED:
            words = f"The pipe that carries the results was written to or closed{within}."
            hint = "Leave the file descriptors that you did not open alone."
            told.append((Status.ERROR, Problem("pipe", words, hint)))
        elif not self.of_kind("end") and not told:
            words = f"The code ended Python itself (exit status {self.ending.status}){within}."
            hint = "Take out exit(), quit() or os._exit(): return or raise instead."
            told.append((Status.ERROR, Problem("exit", words, hint)))
        return told


# What the verdict says when a limit was reached, by its name in kata.toml.
STOPPED = {
    "seconds": (
        Status.TIMEOUT,
        "timeout",
        " after {limit:g} seconds",
        "Look for a loop that never ends.",
    ),
    "cpu_seconds": (
        Status.TIMEOUT,
        "timeout",
        " after {limit:g} seconds of processor time",
        "Look for a loop that never ends.",
    ),
    "memory_mb": (
        Status.ERROR,
        "memory",
        ": more than {limit:g} MB of memory",
        "Look for data that only grows.",
    ),
    "output_kb": (
        Status.ERROR,
        "output",
        ": more than {limit:g} KB printed",
        "Print less, or look for a loop that never ends.",
    ),
    "processes": (
        Status.ERROR,
        "processes",
        ": more than {limit:g} processes and threads at once",
        "Wait for what you start, and start less of it.",
    ),
}


def unread(kata: Kata, source: str, seed: int, error: UnreadableSource) -> Verdict:
    """The verdict on files that could not be read."""
    problem = Problem(kind="unreadable", message=error.message, hint=error.hint)
    return _verdict(kata, source, "", seed, (), Status.ERROR, problem)


def verdict_of(
    kata: Kata,
    source: Source,
    seed: int,
    recorded: Cases | None,
    outcomes: list[Outcome],
    unavailable: Problem | None,
) -> Verdict:
    """The verdict on what the children left behind, against the cases that were expected."""
    if unavailable:
        return _verdict(
            kata, source.name, source.checksum, seed, (), Status.UNAVAILABLE, unavailable
        )
    cases: list[Case] = []
    problems: list[tuple[Status, Problem]] = []
    for outcome in outcomes:
        found, trouble = _judged(kata, outcome, recorded)
        cases += found
        problems += trouble
    if recorded and tests_checksum(kata) != recorded.tests:
        problems.append((Status.ERROR, _changed_tests(kata)))
    status = worst([case.status for case in cases] + [status for status, _ in problems])
    problem = max(problems, key=lambda each: worst([each[0]]) == status, default=(None, None))[1]
    if not cases and not problem:
        status, problem = Status.ERROR, _no_cases(kata)
    verdict = _verdict(kata, source.name, source.checksum, seed, tuple(cases), status, problem)
    limits = kata.limits
    return replace(
        verdict,
        output="".join(_text(outcome.output, outcome) for outcome in outcomes),
        duration=round(sum(outcome.ending.seconds for outcome in outcomes), 3),
        sandbox=Sandbox(
            level="rlimits",
            seconds=max(outcome.ending.seconds for outcome in outcomes),
            seconds_limit=float(limits.seconds),
            memory=round(max(outcome.ending.memory for outcome in outcomes) / MB, 1),
            memory_limit=float(limits.memory_mb),
        ),
    )


def tests_checksum(kata: Kata) -> str:
    """What author/cases.json records of tests.py."""
    try:
        return hashlib.sha256((kata.folder / "tests.py").read_bytes()).hexdigest()
    except OSError:
        return ""


def _verdict(
    kata: Kata,
    source: str,
    checksum: str,
    seed: int,
    cases: tuple[Case, ...],
    status: Status,
    problem: Problem | None,
) -> Verdict:
    tasks = []
    for number, title in enumerate(kata.tasks, 1):
        mine = [case.status for case in cases if case.task == number]
        # A task without a result is not a passed one, whatever the other tasks did.
        tasks.append(Task(number, title, worst(mine) if mine else worst([status, Status.ERROR])))
    return Verdict(
        kata.slug, kata.uuid, source, checksum, status, seed, tuple(tasks), cases, problem
    )


def _judged(
    kata: Kata, outcome: Outcome, recorded: Cases | None
) -> tuple[list[Case], list[tuple[Status, Problem]]]:
    """The cases of one child, missing ones included, and what is wrong with the run as a whole."""
    suffix = f" [{outcome.database}]" if len(kata.databases) > 1 else ""
    collected = {
        case["id"]: case["task"] or 1
        for frame in outcome.of_kind("collected")
        for case in frame["cases"]
    }
    expected = recorded.tasks if recorded else collected
    done = {frame["id"]: frame for frame in outcome.of_kind("case")}
    trouble = outcome.problems(kata)
    missing = worst([Status.ERROR, *(status for status, _ in trouble)])
    cases = []
    for name, task in expected.items():
        if name in done:
            cases.append(_case(name + suffix, task, done[name], outcome))
        else:
            problem = Problem(kind="missing", message="This case has no result.")
            cases.append(Case(name + suffix, task, missing, problem))
    if not trouble and any(name not in done for name in expected):
        trouble.append((Status.ERROR, _missing(kata)))
    return cases, trouble


def _case(name: str, task: int, frame: dict[str, Any], outcome: Outcome) -> Case:
    start, end = frame["output"]
    output = _text(outcome.output[start : min(end, start + MOST_CASE_OUTPUT)], outcome)
    measurements = tuple(build(Measurement, each) for each in frame["measurements"])
    status, problem = Status.PASSED, None
    if frame["failure"]:
        status, problem = Status.FAILED, _problem(frame["failure"], outcome)
    elif frame["skipped"] is not None:
        status = Status.ERROR
        problem = Problem(kind="skipped", message=f"This case was skipped: {frame['skipped']}")
    return Case(name, task, status, problem, measurements, output, frame["seconds"])


def _problem(data: dict[str, Any], outcome: Outcome) -> Problem:
    problem = build(Problem, data)
    translate = outcome.translate
    return replace(
        problem,
        message=translate(problem.message),
        got=translate(problem.got),
        expected=translate(problem.expected),
        lines=tuple(_line(line, outcome) for line in problem.lines),
        test=_line(problem.test, outcome) if problem.test else None,
    )


def _line(line: Line, outcome: Outcome) -> Line:
    return replace(line, path=outcome.translate(line.path))


def _text(output: bytes, outcome: Outcome) -> str:
    return outcome.translate(output.decode(errors="replace").replace("\0", "␀"))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _changed_tests(kata: Kata) -> Problem:
    path = relative(kata.folder / "tests.py")
    return Problem(
        kind="tests",
        message=f"{path} is not the one that the kata was checked with.",
        hint=f"Put it back: `git checkout -- {path}`. "
        f"If you are its author: `python manage.py kata_check {kata.slug} --write`.",
    )


def _missing(kata: Kata) -> Problem:
    return Problem(
        kind="missing",
        message="Some cases that the kata expects were not run.",
        hint=f"See what is collected: `{command()} {kata.slug} --debug`.",
    )


def _no_cases(kata: Kata) -> Problem:
    path = relative(kata.folder / "tests.py")
    return Problem(
        kind="missing", message=f"{path} has no test.", hint="Write a TestCase with a test_ method."
    )
