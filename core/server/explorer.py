"""Many katas in one session of pytest: an editor's test explorer, `pytest katas`.

A plugin that `core.runner.inplace` loads where katas are collected. One process can install one kata,
so here none is: the items come from author/cases.json, named as pytest names the cases themselves,
and running them judges each kata once in a child.
"""

import ast
import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.catalogue import cases as recorded_cases
from core.catalogue import load
from core.errors import KataError
from core.kata import Kata
from core.needs.lease import holding
from core.runner import inplace
from core.runner.launch import Launcher, cold
from core.runner.run import run
from core.server.forker import Forker
from core.verdict import Case, Problem, Status, Verdict

LAUNCH = pytest.StashKey[Launcher]()
SERVERS = pytest.StashKey[contextlib.ExitStack]()
MOST_COLUMNS = 100  # of a call with what came of it in one line


class NoResult(Exception):
    """A case that did not come to its end; a failed one is an AssertionError, as everywhere."""


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> "KataFolder | None":
    if not (path / "kata.toml").is_file() or not inplace.kata_folder(path):
        return None
    return KataFolder.from_parent(parent, path=path)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> "KataTests | None":
    """For a tests.py that lies outside of pytest's root: no folder is collected on the way to it."""
    if module_path.name != "tests.py" or not inplace.kata_folder(module_path):
        return None
    return KataTests.from_parent(parent, path=module_path)


def pytest_report_header(config: pytest.Config) -> str:
    return f"katas: each in a process of its own, {inplace.replay(config.stash[inplace.SEED])}"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The workers of xdist draw from one seed."""
    node.workerinput["kata_seed"] = node.config.stash[inplace.SEED]


def pytest_collection_finish(session: pytest.Session) -> None:
    """From the second kata on, a warm Python is quicker than a new one."""
    several = len(_katas(session.items)) > 1 and not session.config.option.collectonly
    session.config.stash[LAUNCH] = Forker() if several else cold
    session.config.stash[SERVERS] = servers = contextlib.ExitStack()
    servers.enter_context(holding())  # one that a kata needed is there for the next


def pytest_sessionfinish(session: pytest.Session) -> None:
    launch = session.config.stash.get(LAUNCH, None)
    if isinstance(launch, Forker):
        launch.stop()
    if servers := session.config.stash.get(SERVERS, None):
        servers.close()


def _katas(items: list[pytest.Item]) -> set[Path]:
    return {item.path for item in items if isinstance(item, KataCase)}


class KataFolder(pytest.Directory):
    """A kata's folder: nothing in it but its tests, and no package to import."""

    def collect(self) -> Iterator[pytest.Collector]:
        if (self.path / "tests.py").is_file():
            yield KataTests.from_parent(self, path=self.path / "tests.py")


class KataTests(pytest.File):
    """A kata's tests.py, not imported."""

    kata: Kata

    def collect(self) -> Iterator[pytest.Collector | pytest.Item]:
        try:
            self.kata = load(self.path.parent)
            recorded = recorded_cases(self.kata)
        except KataError as error:
            raise self.CollectError(inplace.sentence(error)) from error
        yield from _nodes(self, self, recorded.tasks if recorded else {inplace.WHOLE: 0})

    @functools.cached_property
    def verdict(self) -> Verdict:
        """Of all the kata's cases, whichever of them were selected; blocks for the run."""
        launch = self.config.stash[LAUNCH]
        return run(self.kata, seed=self.config.stash[inplace.SEED], launch=launch)[0]

    @functools.cached_property
    def lines(self) -> dict[str, int]:
        """The line of each class and function, counted from 0: `Class.test_one`, `test_one`."""
        try:
            tree = ast.parse(self.path.read_bytes())
        except (OSError, SyntaxError, ValueError):
            return {}
        found: dict[str, int] = {}
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                functions = [each for each in node.body if isinstance(each, ast.FunctionDef)]
                found |= {f"{node.name}.{each.name}": _line(each) for each in functions}
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found[node.name] = _line(node)
        return found


class KataClass(pytest.Class):
    """A class of cases by its name. Editors know a class by `pytest.Class`."""

    obj = None  # in place of the class itself, which is not imported

    def __init__(self, *, tests: KataTests, cases: dict[str, int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tests = tests
        self.cases = cases

    def collect(self) -> Iterator[pytest.Collector | pytest.Item]:
        yield from _nodes(self, self.tests, self.cases)


class KataCase(pytest.Item):
    """A case by its name, with the result that a child gave it."""

    def __init__(self, *, tests: KataTests, task: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tests = tests
        if task:
            self.add_marker(pytest.mark.task(task))
        self.extra_keyword_matches.add(self.path.parent.name)  # -k select_related

    @property
    def case(self) -> str:
        """`Class::test_one`, as cases.json and the verdict have it."""
        return self.nodeid.partition("::")[2]

    def runtest(self) -> None:
        verdict = self.tests.verdict
        cases = _cases_of(self.case, self.tests.kata, verdict)
        if verdict.status is Status.UNAVAILABLE and verdict.problem:
            pytest.skip(f"{verdict.problem.message} {verdict.problem.hint}")
        for case in cases:
            if case.output:
                self.add_report_section("call", "stdout", case.output)
        bad = [case for case in cases if case.status is not Status.PASSED]
        # What went wrong with the run as a whole, and with no case of it, concerns every one.
        lost = all(case.status is Status.PASSED for case in verdict.cases)
        if verdict.problem and (lost or any(_kind(case) == "missing" for case in bad)):
            raise NoResult(words(verdict.problem))
        if bad or not cases:
            failed = all(case.status is Status.FAILED for case in bad)
            raise (AssertionError if failed and bad else NoResult)(_words_of(bad, self.case))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        error = excinfo.value
        if isinstance(error, AssertionError | NoResult):
            return str(error)
        if isinstance(error, KataError):
            return inplace.sentence(error)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        name = self.case.replace("::", ".")
        lines = self.tests.lines
        # parameterized appends the row to the name of the function.
        near = [known for known in lines if name.startswith(known)]
        owner, _, test = name.rpartition(".")
        inherited = [known for known in lines if test.startswith(known.rpartition(".")[2])]
        found = max((each for each in near if "." in each or not owner), key=len, default="")
        found = found or max(inherited, key=len, default=owner)
        return self.path, lines.get(found), name


def _line(node: ast.ClassDef | ast.FunctionDef) -> int:
    """From 0, decorators included: where Python itself says that it begins."""
    return min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1


def _nodes(
    parent: pytest.Collector, tests: KataTests, cases: dict[str, int]
) -> Iterator[pytest.Collector | pytest.Item]:
    """Cases by name → items, in classes where the names have some."""
    classes: dict[str, dict[str, int]] = {}
    for name, task in cases.items():
        owner, inside, rest = name.partition("::")
        if inside and "[" not in owner:
            classes.setdefault(owner, {})[rest] = task
        else:
            yield KataCase.from_parent(parent, name=name, tests=tests, task=task)
    for owner, rest_of in classes.items():
        yield KataClass.from_parent(parent, name=owner, tests=tests, cases=rest_of)


def _cases_of(name: str, kata: Kata, verdict: Verdict) -> list[Case]:
    """One, or one a database; all of them for the one item of a kata without recorded cases."""
    if name == inplace.WHOLE:
        return list(verdict.cases)
    names = {name, *(f"{name} [{database}]" for database in kata.databases)}
    return [case for case in verdict.cases if case.id in names]


def _kind(case: Case) -> str:
    return case.problem.kind if case.problem else ""


def _words_of(cases: list[Case], name: str) -> str:
    told = []
    for case in cases:
        heading = f"{case.id}\n" if case.id != name else ""
        told.append(heading + words(case.problem or Problem("", str(case.status))))
    return "\n\n".join(told) or "This case has no result."


def words(problem: Problem) -> str:
    """What a traceback would be for: the call, what came of it, the learner's lines."""
    if problem.call:
        told = f"{problem.call}: got {problem.got}, expected {problem.expected}"
        if len(told) > MOST_COLUMNS or "\n" in told:
            told = f"{problem.call}\ngot       {problem.got}\nexpected  {problem.expected}"
        told += f"\n{problem.message}"
    elif problem.kind[:1].isupper():
        told = f"{problem.kind}: {problem.message}".rstrip(": ")
    else:
        told = problem.message
    places = problem.lines or ((problem.test,) if problem.test and not problem.call else ())
    lines = [told, *(f"{line.path}:{line.line}: {line.code.strip()}" for line in places)]
    return "\n".join(line for line in [*lines, problem.hint] if line.strip())
