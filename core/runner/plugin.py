"""Pytest's own events → frames. Nothing is read from pytest's text."""

import gc
import inspect
import os
import re
import time
from collections.abc import Callable, Generator
from typing import Any, Literal

import pytest
from _pytest.unittest import TestCaseFunction
from django.apps import apps
from django.test import SimpleTestCase
from django.test.utils import setup_databases

from core.judge import instrument
from core.runner import tables
from core.runner.job import Channel, Job
from core.runner.problem import problem_of

JOB = pytest.StashKey[Job]()

# Fixtures that pytest-django gives to every case and that do nothing, unless the case has this mark
# or asks for this fixture. Half of what a quick case costs was setting them up.
FOR_A_MARK = {
    "_django_db_marker": "django_db",
    "_django_isolate_apps": "django_isolate_apps",
    "_django_set_urlconf": "urls",
    "_template_string_if_invalid_marker": "ignore_template_errors",
}
FOR_A_FIXTURE = {
    "_django_isolate_apps": "django_isolated_apps",
    "_live_server_helper": "live_server",
}


class Tables:
    """In place of pytest-django's set-up of the database: the same tables, from an image or a share."""

    @pytest.fixture(scope="session")
    @classmethod
    def django_db_setup(
        cls, request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
    ) -> None:
        with django_db_blocker.unblock():
            if not tables.build(request.config.stash[JOB]):
                setup_databases(verbosity=0, interactive=False)


def own_tables(config: pytest.Config, job: Job) -> None:
    """Have the job's tables made here; called in pytest_configure, after pytest-django's own."""
    config.stash[JOB] = job
    config.pluginmanager.register(Tables(), "kata_tables")


class Frames:
    """A pytest plugin that sends one frame a case: started, then finished."""

    def __init__(self, job: Job, channel: Channel) -> None:
        self.job = job
        self.channel = channel
        self.failure: dict[str, Any] | None = None
        self.skipped: str | None = None
        self.started = 0.0
        self.output = 0

    def case_id(self, nodeid: str) -> str:
        """`Class::test`, or `Class::test [memory]` where the kata runs on several databases."""
        return nodeid.partition("::")[2]

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "task(number): the task of the kata that a class judges")
        # pytest-django asks for an option of the terminal plugin, which is not there to print.
        config.option.verbose = 0
        own_tables(config, self.job)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """In the order of the file: unittest sorts by name, and the author put the telling one first."""
        for item in items:
            leave_out_idle_fixtures(item)
        groups = list(dict.fromkeys(item.parent for item in items))
        items.sort(key=lambda item: (groups.index(item.parent), *_place(item)))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        cases = []
        for item in session.items:
            mark = item.get_closest_marker("task")
            number = mark.args[0] if mark and mark.args else None
            number = number if isinstance(number, int) else None
            cases.append({"id": self.case_id(item.nodeid), "task": number})
        gc.freeze()  # what is imported stays: the collector need not look through it again
        gc.enable()  # from here on the code under judgement runs as it would anywhere
        self.channel.send("collected", cases=cases)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """As pytest's own, for a case of unittest: only what went wrong is made into a report.

        Of what a quick case costs, the reports of three phases that passed were a third.
        """
        if not isinstance(item, TestCaseFunction) or marked(item):
            return None
        place = {"nodeid": item.nodeid, "location": item.location}
        item.ihook.pytest_runtest_logstart(**place)
        try:
            if self._phase(item, "setup", lambda: item.session._setupstate.setup(item)):
                self._phase(item, "call", item.runtest)
            following = None if item.session.shouldfail or item.session.shouldstop else nextitem
            self._phase(
                item, "teardown", lambda: item.session._setupstate.teardown_exact(following)
            )
        finally:
            item._request = False  # type: ignore[assignment]  # as pytest's own leaves it
            item.funcargs = None  # type: ignore[assignment]
        item.ihook.pytest_runtest_logfinish(**place)
        return True

    def _phase(
        self,
        item: TestCaseFunction,
        when: Literal["setup", "call", "teardown"],
        do: Callable[[], None],
    ) -> bool:
        """Whether it went well. What unittest caught, the case has kept."""
        call = pytest.CallInfo.from_call(
            do, when, reraise=(pytest.exit.Exception, KeyboardInterrupt)
        )
        if call.excinfo is None and not item._excinfo:
            return True
        report = item.ihook.pytest_runtest_makereport(item=item, call=call)
        item.ihook.pytest_runtest_logreport(report=report)
        return bool(report.passed)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        try:
            report = yield
        except SystemExit as error:
            self.channel.send("problem", problem=problem_of(error, self.job))
            return pytest.CollectReport(collector.nodeid, "failed", None, [])
        call = getattr(report, "call", None)
        if report.failed and call and call.excinfo:
            wrapped = call.excinfo.value
            # Pytest wraps what went wrong at import; what the learner wrote is its cause.
            self.channel.send("problem", problem=problem_of(wrapped.__cause__ or wrapped, self.job))
        return report

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.failure = self.skipped = None
        self.started = time.perf_counter()
        self.output = self._output_size()
        instrument.case_begins()
        self.channel.send("started", id=self.case_id(nodeid))

    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """In place of pytest's own, which formats a traceback that nobody would read.

        Called for set-up, call, tear-down and every failing subTest; the first failure counts.
        """
        outcome: Literal["passed", "failed", "skipped"] = "passed"
        words: tuple[str, int, str] | str | None = None
        if call.excinfo:
            error = call.excinfo.value
            outcome, words = "failed", type(error).__name__
            if isinstance(error, pytest.skip.Exception):
                outcome, words = "skipped", (str(item.path), 0, str(error))
            elif self.failure is None:
                self.failure = problem_of(error, self.job)
        return pytest.TestReport(
            item.nodeid,
            item.location,
            {},
            outcome,
            words,
            call.when,  # type: ignore[arg-type]  # never "collect": a case is run here
            duration=call.duration,
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The outcome as pytest's marks have left it: a failure that was expected is a skip."""
        if report.skipped:
            expected = self.failure["message"] if self.failure else ""
            self.skipped = report.longrepr[2] if isinstance(report.longrepr, tuple) else expected
            self.failure = None
        elif report.failed and self.failure is None:
            self.failure = {"kind": "failed", "message": str(report.longrepr)}

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.channel.send(
            "case",
            id=self.case_id(nodeid),
            failure=self.failure,
            skipped=self.skipped,
            measurements=instrument.case_ends(),
            output=[self.output, self._output_size()],
            seconds=round(time.perf_counter() - self.started, 4),
        )

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.channel.send("problem", problem=problem_of(excinfo.value, self.job))

    def _output_size(self) -> int:
        return os.stat(self.job.output).st_size if self.job.output else 0


def marked(item: pytest.Item) -> bool:
    """Whether a mark of pytest's own has a say in the outcome."""
    return any(mark.name in ("skip", "skipif", "xfail") for mark in item.iter_markers())


def leave_out_idle_fixtures(item: pytest.Item) -> None:
    names: list[str] = getattr(item, "fixturenames", [])
    idle = {
        name
        for name in (*FOR_A_MARK, *FOR_A_FIXTURE)
        if FOR_A_MARK.get(name) not in item.keywords and FOR_A_FIXTURE.get(name) not in names
    }
    # Django's own test cases empty the outbox themselves.
    if issubclass(getattr(item, "cls", None) or object, SimpleTestCase):
        idle.add("_dj_autoclear_mailbox")
    if not apps.is_installed("django.contrib.sites"):
        idle.add("_django_clear_site_cache")
    names[:] = [name for name in names if name not in idle]


def _place(item: pytest.Item) -> tuple[int, int]:
    """Where a case is written: the line of its function, its row in `parameterized.expand`."""
    function = getattr(item, "obj", None)
    written = getattr(function, "place_as", function)  # parameterized keeps the author's there
    code = getattr(inspect.unwrap(written), "__code__", None) if written else None
    row = re.search(r"_(\d+)(_|$)", item.name)
    return (code.co_firstlineno if code else 0, int(row[1]) if row else 0)
