"""Rules that need runs: the stub fails, the solution passes, every wrong answer is rejected."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from core.catalogue import cases as recorded_cases
from core.check.finding import Finding, finding
from core.errors import KataError
from core.kata import Kata
from core.runner.keeper import MB
from core.runner.result import Outcome, tests_checksum
from core.verdict import Case, Status, Verdict

HONEST = ("AssertionError", "NotImplementedError")  # beside what the judge itself raises


@dataclass(frozen=True)
class Answer:
    """One source, run with one seed: its verdict, and what its children collected."""

    source: str
    seed: int
    verdict: Verdict
    outcomes: tuple[Outcome, ...]

    @property
    def marks(self) -> dict[str, int | None]:
        """The task that each case is marked with, None where it has no mark."""
        frames = [frame for each in self.outcomes for frame in each.of_kind("collected")]
        return {case["id"]: case["task"] for frame in frames for case in frame["cases"]}

    def failing(self) -> tuple[Case, ...]:
        return tuple(case for case in self.verdict.cases if case.status is not Status.PASSED)


def check_answers(kata: Kata, answers: list[Answer], *, optional: bool) -> Iterator[Finding]:
    """All rules on the answers of one kata; solutions come first in `answers`, one a seed."""
    by_source = {answer.source: answer for answer in reversed(answers)}
    if solutions := [answer for answer in answers if answer.source == "solution"]:
        yield from _solution(kata, solutions)
        if not solutions[0].marks:
            return  # nothing was collected: whatever else is said would only repeat that
    if "stub" in by_source:
        yield from _stub(kata, by_source["stub"])
    for wrong in kata.wrong:
        if f"wrong/{wrong.name}" in by_source:
            yield from _wrong(kata, by_source[f"wrong/{wrong.name}"], wrong.tasks, wrong.says)
    yield from _same_ids(kata, answers)
    if "solution" in by_source:
        yield from _marks(kata, by_source["solution"], optional=optional)
    if "stub" in by_source and "solution" in by_source:
        yield from _never_fail(kata, answers)


def _solution(kata: Kata, answers: list[Answer]) -> Iterator[Finding]:
    name = "author/solution"
    for answer in answers:
        if answer.verdict.status is not Status.PASSED:
            message = f"with seed {answer.seed} it is {answer.verdict.status}{_why(answer)}"
            fix = f"Run `python manage.py kata {kata.slug} --source solution --seed {answer.seed}`."
            yield finding(kata, name, "solution", message, fix)
            return
    endings = [outcome.ending for answer in answers for outcome in answer.outcomes]
    used = max(ending.memory for ending in endings) / MB
    seconds = max(ending.seconds for ending in endings)
    for what, value, limit, field in (
        ("s", seconds, kata.limits.seconds, "seconds"),
        ("MB", used, kata.limits.memory_mb, "memory_mb"),
    ):
        if value > limit / 2:
            message = f"it used {value:.1f} {what}, more than half the limit of {limit:g}"
            fix = f"Make the tests smaller, or raise limits.{field} in kata.toml."
            yield finding(kata, name, "limits", message, fix)


def _stub(kata: Kata, answer: Answer) -> Iterator[Finding]:
    name = "author/stub"
    if answer.verdict.status is not Status.FAILED:
        message = f"it is {answer.verdict.status}, not failed{_why(answer)}"
        fix = "Let it import, and fail by an assertion or NotImplementedError."
        yield finding(kata, name, "stub", message, fix)
        return
    for case in answer.failing():
        kind = case.problem.kind if case.problem else ""
        judged = case.problem and case.problem.call
        if not judged and kind not in HONEST:
            message = f"{case.id} fails by {kind}: {_text(case)[:200]}"
            fix = "Let it fail by an assertion, or raise NotImplementedError."
            yield finding(kata, name, "stub", message, fix)
    tasks = {case.task for case in answer.verdict.cases}
    for number in sorted(tasks - {case.task for case in answer.failing()}):
        message = f"task {number} passes as shipped"
        yield finding(kata, name, "stub", message, "Let at least one case of it fail.")


def _wrong(
    kata: Kata, answer: Answer, tasks: tuple[int, ...], says: tuple[str, ...]
) -> Iterator[Finding]:
    name = f"author/{answer.source}"
    run = f"Run `python manage.py kata {kata.slug} --source {answer.source} --seed {answer.seed}`."
    rejected = {case.task for case in answer.failing()}
    if not answer.verdict.cases:  # it does not even import: no task lets it pass
        rejected = set(range(1, len(kata.tasks) + 1))
    if rejected != set(tasks):
        shown = sorted(rejected, key=str) or "none"
        message = f"tasks {shown} reject it, kata.toml says {sorted(tasks)}"
        yield finding(kata, name, "wrong", message, run)
    if not rejected:
        return
    text = "\n".join(_text(case) for case in answer.failing() if case.task in tasks)
    if answer.verdict.problem:
        text += f"\n{answer.verdict.problem.message}"
    for words in says:
        if words not in text:
            message = f"no message says {words!r}"
            yield finding(
                kata, name, "wrong", message, f"Say it in tests.py, or change says. {run}"
            )


def _same_ids(kata: Kata, answers: list[Answer]) -> Iterator[Finding]:
    expected = answers[0].marks
    for answer in answers[1:]:
        if expected and answer.marks and answer.marks != expected:
            other = sorted(set(answer.marks.items()) ^ set(expected.items()), key=str)[0][0]
            message = f"under {answer.source}, seed {answer.seed}, the cases differ: {other}"
            fix = "Let the names of cases depend on neither data nor source."
            yield finding(kata, "tests.py", "ids", message, fix)


def _marks(kata: Kata, answer: Answer, *, optional: bool) -> Iterator[Finding]:
    tasks = set(range(1, len(kata.tasks) + 1))
    for case, task in answer.marks.items():
        if task is None and not optional:
            fix = "Put @pytest.mark.task(1) on its class."
            yield finding(kata, "tests.py", "marks", f"{case} has no task", fix)
        elif task is not None and task not in tasks:
            fix = "Number tasks as in kata.toml."
            yield finding(kata, "tests.py", "marks", f"{case} belongs to task {task!r}", fix)
    for task in sorted(tasks - {task or 1 for task in answer.marks.values()}):
        yield finding(kata, "tests.py", "marks", f"task {task} has no case", "Write one.")


def _never_fail(kata: Kata, answers: list[Answer]) -> Iterator[Finding]:
    failed = {case.id for answer in answers for case in answer.failing()}
    for case in answers[0].verdict.cases:
        if case.id not in failed:
            message = f"{case.id} fails for no source"
            fix = "Take it out, or add the wrong answer that it is there for."
            yield finding(kata, "tests.py", "phantom", message, fix)


def cases_json(kata: Kata, solution: Answer, stub: Answer | None) -> str:
    """What author/cases.json should hold."""
    cases: dict[str, object] = {"tests": tests_checksum(kata), "cases": _tasks(solution)}
    if stub and (call := _dearest(stub)):
        cases["predict"] = call
    return json.dumps(cases, indent=2, ensure_ascii=False) + "\n"


def _dearest(stub: Answer) -> str:
    """The first call of the stub that is over its budget of queries."""
    for case in stub.verdict.cases:
        for each in case.measurements:
            if each.name == "queries" and each.limit is not None and each.value > each.limit:
                return each.call
    return ""


def _tasks(answer: Answer) -> dict[str, int]:
    return {name: task or 1 for name, task in answer.marks.items()}


def check_recorded(kata: Kata, answer: Answer, *, optional: bool) -> Iterator[Finding]:
    """author/cases.json says what tests.py holds."""
    fix = f"Run `python manage.py kata_check {kata.slug} --write`."
    try:
        recorded = recorded_cases(kata)
    except KataError:
        yield finding(kata, "author/cases.json", "cases", "it is not JSON of cases", fix)
        return
    if recorded is None:
        if not optional:
            yield finding(kata, "author/cases.json", "cases", "the file is missing", fix)
    elif recorded.tests != tests_checksum(kata):
        yield finding(kata, "author/cases.json", "cases", "tests.py has changed since", fix)
    elif answer.marks and recorded.tasks != _tasks(answer):
        yield finding(kata, "author/cases.json", "cases", "it names other cases", fix)


def _why(answer: Answer) -> str:
    """What follows the status in a sentence."""
    if answer.verdict.problem:
        return f": {answer.verdict.problem.message}"
    return "".join(f": {case.id}: {_text(case)}"[:200] for case in answer.failing()[:1])


def _text(case: Case) -> str:
    problem = case.problem
    if not problem:
        return ""
    return " ".join(filter(None, (problem.call, problem.got, problem.expected, problem.message)))
