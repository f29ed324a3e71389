"""A run in place: plain pytest on one kata, with the learner's own files, so that breakpoints hit.

A plugin that pyproject.toml loads. Where all that pytest was asked for lies in one kata, that kata's
settings are made before pytest-django looks for any; everything else keeps the workspace's. One
process can install one kata: several are `core.server.explorer`'s. Where no kata is asked for, this
costs two hundredths of a second: what needs Django is imported where a kata is run.
"""

import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.catalogue import load, relative, roots
from core.errors import KataError
from core.kata import Kata
from core.runner.job import Job, job_of
from core.verdict import Problem

if TYPE_CHECKING:
    from core.needs.shares import Shares

NAME = "kata_in_place"  # of the plugin that is there while a kata runs in place
PASSED_THROUGH = ("contextlib", "parameterized.parameterized")  # on the way from test to exercise
EXPLORER = "core.server.explorer"  # the plugin for several katas
SEED = pytest.StashKey[int]()  # of a session with several katas
WHOLE = "whole_kata"  # the one item of a kata whose cases nobody recorded


@pytest.hookimpl(wrapper=True)  # a wrapper comes before pytest-django, which wants its settings
def pytest_load_initial_conftests(
    early_config: pytest.Config, args: list[str]
) -> Generator[None, None, None]:
    try:
        kata = _asked_for(early_config)
        if kata is None:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
        else:
            early_config.pluginmanager.register(InPlace(kata, seed()), NAME)
            _only_tests(kata, early_config, args)
    except KataError as error:
        raise pytest.UsageError(sentence(error)) from error
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "task(number): the task of the kata that a class judges")
    # Here, because a worker of xdist configures what its parent has loaded, and loads nothing early.
    if not config.pluginmanager.has_plugin(NAME) and any(map(_among_katas, _paths(config))):
        try:
            config.stash[SEED] = getattr(config, "workerinput", {}).get("kata_seed") or seed()
        except KataError as error:
            raise pytest.UsageError(sentence(error)) from error
        config.pluginmanager.import_plugin(EXPLORER)


class InPlace:
    """The hooks of a session on one kata. Making it sets up Django in this process, for good."""

    def __init__(self, kata: Kata, seed: int) -> None:
        self.kata = kata
        self.seed = seed
        self.servers = contextlib.ExitStack()
        self.unmet: Problem | None = None
        given = self._lent()  # first: the servers are found by the TMPDIR that all share
        self.scratch = tempfile.TemporaryDirectory(prefix="kata-")
        # What a run's child has of its own as well: a folder for a database in a file, and no
        # __pycache__, which an edit within the same second would leave stale.
        os.environ["TMPDIR"] = tempfile.tempdir = self.scratch.name
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        sys.dont_write_bytecode = True
        job = job_of(
            kata,
            mode="debug",
            path=str(kata.root.parent),
            database=kata.databases[0],
            seed=seed,
            environment=given.environment,
            prepared=given.prepared,
        )
        os.environ.update(job.environment)
        self.job = job
        from core.judge import instrument
        from core.runner.child import set_up

        self.case_begins = instrument.case_begins
        try:
            set_up(job)
        except (Exception, SystemExit) as error:
            self.scratch.cleanup()
            self.servers.close()
            raise _not_set_up(kata, job, error) from error

    def _lent(self) -> "Shares":
        """A share of each server for this session; where one cannot be had, no case is run."""
        from core.needs.find import missing
        from core.needs.lease import Unavailable
        from core.needs.shares import Shares, shares
        from core.runner.tables import shared_apps

        self.unmet = missing(self.kata)
        if self.unmet:
            return Shares()
        database, apps = self.kata.databases[0], shared_apps(self.kata)
        try:
            return self.servers.enter_context(shares(self.kata, database, apps=apps, make=False))
        except Unavailable as error:
            self.unmet = error.problem
            return Shares()

    def pytest_configure(self, config: pytest.Config) -> None:
        if self.job.database == "postgres":
            from core.runner.plugin import own_tables

            own_tables(config, self.job)  # pytest-django's would create a database

    def pytest_report_header(self) -> str:
        return f"kata: {self.kata.slug} in place, {replay(self.seed)}"

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if problem := self.unmet:
            for item in items:
                item.add_marker(pytest.mark.skip(reason=f"{problem.message} {problem.hint}"))

    def pytest_runtest_logstart(self) -> None:
        self.case_begins()

    def pytest_collection_finish(self) -> None:
        """Tracebacks go from the test to the learner's line; `--full-trace` shows all of it."""
        for name, module in list(sys.modules.items()):
            if name.startswith("core.judge.") or name in PASSED_THROUGH:
                vars(module)["__tracebackhide__"] = True

    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Only adds what a verdict shows of a case: of an exception, pytest shows the message."""
        error = call.excinfo.value if call.excinfo else None
        for name in ("call", "got", "expected"):
            if error and (value := getattr(error, name, None)):
                error.add_note(f"{name:<9} {value}")

    def pytest_unconfigure(self) -> None:
        tempfile.tempdir = None
        self.scratch.cleanup()
        self.servers.close()


def seed() -> int:
    """KATA_SEED, or one drawn now."""
    text = os.environ.get("KATA_SEED", "")
    if not text:
        return secrets.randbelow(2**31)
    if not text.isdecimal():
        raise KataError(
            f"KATA_SEED is {text!r}, which is not a seed.",
            hint="Set it to a whole number, or unset it: `unset KATA_SEED`.",
        )
    return int(text)


def replay(seed: int) -> str:
    return f"seed {seed} (KATA_SEED={seed} draws the same data)"


def sentence(error: KataError) -> str:
    return f"{error.message} {error.hint}".strip()


def kata_folder(path: Path) -> Path | None:
    """The folder of the kata that a path lies in."""
    for root in roots():
        # As it was written, then as it is: either may be a link to the other.
        for whole, base in ((path, root), (path.resolve(), root.resolve())):
            if whole.is_relative_to(base):
                parts = whole.relative_to(base).parts
                if len(parts) >= 2 and (root / parts[0] / parts[1] / "kata.toml").is_file():
                    return root / parts[0] / parts[1]
    return None


def _among_katas(path: Path) -> bool:
    """Whether katas lie here: in one, in their folders, or anywhere below."""
    real = path.resolve()
    return any(
        real.is_relative_to(root.resolve()) or root.resolve().is_relative_to(real)
        for root in roots()
    )


def _asked_for(config: pytest.Config) -> Kata | None:
    """The kata to run in place; None for several, for the workspace's tests, for a mere list."""
    options = config.known_args_namespace
    if options.collectonly or getattr(options, "numprocesses", None) or options.help:
        return None
    folders = {kata_folder(path) for path in _paths(config)}
    # That item is the explorer's; only under a debugger is it better to have the cases themselves.
    if any(name.endswith(f"::{WHOLE}") for name in options.file_or_dir) and not _debugged():
        return None
    folder = folders.pop() if len(folders) == 1 else None
    return load(folder) if folder else None


def _paths(config: pytest.Config) -> list[Path]:
    here = config.invocation_params.dir
    names = config.known_args_namespace.file_or_dir
    if not names:
        # As pytest does: `testpaths` in the workspace's own folder, else the folder itself.
        return [] if here == config.rootpath else [here]
    return [_absolute(name, here) for name in names]


def _absolute(name: str, here: Path) -> Path:
    return Path(os.path.abspath(here / name.partition("::")[0]))


def _debugged() -> bool:
    return "pydevd" in sys.modules


def _only_tests(kata: Kata, config: pytest.Config, args: list[str]) -> None:
    """Any file of the kata means its tests: an editor passes the one that is open."""
    tests = str(kata.folder / "tests.py")
    named = config.known_args_namespace.file_or_dir
    here = config.invocation_params.dir
    meant = []
    for arg in args:
        cases = arg.partition("::")[2] if _absolute(arg, here).name == "tests.py" else ""
        cases = "" if cases == WHOLE else cases
        meant.append((f"{tests}::{cases}" if cases else tests) if arg in named else arg)
    args[:] = meant if named else [*args, tests]


def _not_set_up(kata: Kata, job: Job, error: BaseException) -> KataError:
    from core.runner.problem import problem_of

    problem = problem_of(error, job)
    lines = [
        f"\n  {relative(Path(line['path']))}:{line['line']}  {line['code'].strip()}"
        for line in problem["lines"]
    ]
    return KataError(
        f"Django could not be set up with {kata.slug}: "
        f"{problem['kind']}: {problem['message']}{''.join(lines)}"
    )
