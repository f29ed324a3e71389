"""Prove katas sound: every rule of the folder, and every source run, several at once."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core.check.answers import Answer, cases_json, check_answers, check_recorded
from core.check.documents import check_documents
from core.check.files import check_files
from core.check.finding import Finding, finding
from core.kata import Kata
from core.needs.find import missing
from core.needs.lease import Unavailable, holding
from core.runner.launch import Launcher, cold
from core.runner.result import verdict_of
from core.runner.run import execute
from core.source import UnreadableSource, author_sources, read_source
from core.state import ROOT
from core.verdict import Problem, Status

SEEDS = (1, 2)  # the solution must pass with each; the others run with the first


@dataclass(frozen=True)
class Checked:
    """One kata's findings, and what was run: none where a need is missing."""

    kata: str
    track: str
    cases: int
    wrong: int
    findings: tuple[Finding, ...]
    unavailable: str = ""


def check(
    katas: tuple[Kata, ...],
    *,
    write: bool = False,
    progress: Callable[[Kata], None] | None = None,
    launch: Launcher = cold,
) -> list[Checked]:
    """The findings of each kata, in the order given. Runs as many children as there are processors."""
    with holding(), ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        jobs = {
            kata.slug: [pool.submit(_answer, kata, *each, launch) for each in _runs(kata)]
            for kata in katas
        }
        checked = []
        for kata in katas:
            answers = [job.result() for job in jobs[kata.slug]]
            checked.append(_checked(kata, answers, write=write))
            if progress:
                progress(kata)
    return checked


def _runs(kata: Kata) -> list[tuple[str, int]]:
    """(source, seed) of each run, the solution first; none where a need is missing."""
    if missing(kata):
        return []
    sources = author_sources(kata)
    seeds = SEEDS if "solution" in sources else ()
    return [
        *(("solution", seed) for seed in seeds),
        *((source, SEEDS[0]) for source in sources if source != "solution"),
    ]


def _answer(kata: Kata, source: str, seed: int, launch: Launcher) -> Answer | None:
    try:
        files = read_source(kata, source)
    except UnreadableSource:
        return None  # a finding of the folder
    outcomes, problem = [], None
    try:
        outcomes = [
            execute(kata, files, mode="tests", seed=seed, database=database, launch=launch)
            for database in kata.databases
        ]
    except Unavailable as error:
        problem = error.problem
    # Against what tests.py holds now, not what was recorded: that is compared on its own.
    verdict = verdict_of(kata, files, seed, None, outcomes, problem)
    return Answer(source, seed, verdict, tuple(outcomes))


def _checked(kata: Kata, found: list[Answer | None], *, write: bool) -> Checked:
    optional = kata.root != ROOT / "katas"
    answers = [answer for answer in found if answer]
    findings = [
        *check_files(kata, optional=optional),
        *check_documents(kata, optional=optional),
    ]
    need = missing(kata) or next((each for each in map(_unavailable, answers) if each), None)
    if need:
        answers = []  # what did run says little without the rest
    solution = next((answer for answer in answers if answer.source == "solution"), None)
    if answers:
        findings += check_answers(kata, answers, optional=optional)
    if solution:
        if write and solution.verdict.status is Status.PASSED:
            stub = next((answer for answer in answers if answer.source == "stub"), None)
            findings += _write(kata, solution, stub)
        findings += check_recorded(kata, solution, optional=optional)
    return Checked(
        kata=kata.slug,
        track=kata.track,
        cases=len(solution.verdict.cases) if solution else 0,
        wrong=len(kata.wrong),
        findings=tuple(findings),
        unavailable=need.message if need else "",
    )


def _unavailable(answer: Answer) -> Problem | None:
    verdict = answer.verdict
    return verdict.problem if verdict.status is Status.UNAVAILABLE else None


def _write(kata: Kata, solution: Answer, stub: Answer | None) -> list[Finding]:
    path = kata.folder / "author" / "cases.json"
    content = cases_json(kata, solution, stub).encode()
    try:
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
    except OSError as error:
        fix = "Make the folder writable."
        return [finding(kata, "author/cases.json", "cases", f"{error.strerror}", fix)]
    return []
