"""An exception → a problem as JSON values: its words, and the learner's lines alone."""

import linecache
import os
import traceback
from types import TracebackType
from typing import Any

from core.judge.expectation import Mismatch, shorten
from core.judge.instrument import is_edited
from core.runner.job import Job

MOST_LINES = 6


def problem_of(error: BaseException, job: Job) -> dict[str, Any]:
    """The JSON form of a `core.verdict.Problem`."""
    frames = list(_frames(error.__traceback__))
    if isinstance(error, Mismatch) and error.__cause__:  # what the learner's code raised
        frames += _frames(error.__cause__.__traceback__)
    lines = [
        line for line in frames if is_edited(os.path.relpath(line["path"], job.folder), job.edit)
    ]
    tests = [line for line in frames if line["path"] == os.path.join(job.folder, "tests.py")]
    if isinstance(error, SyntaxError) and error.filename:
        # The line does not run, so it is in no frame.
        text = (error.text or "").strip("\n")
        lines.append(_line(error.filename, error.lineno or 0, "", text))
    if len(lines) > MOST_LINES:
        lines = [lines[0], *lines[-MOST_LINES + 1 :]]
    judged = error if isinstance(error, Mismatch) else None
    return {
        "kind": type(error).__name__,
        "message": shorten(_words(error), 2000),
        "call": judged.call if judged else "",
        "got": judged.got if judged else "",
        "expected": judged.expected if judged else "",
        "lines": lines,
        "test": tests[-1] if tests else None,
    }


def _words(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return error.msg or "invalid syntax"
    if isinstance(error, SystemExit):
        return f"the code asked Python to exit, with status {error.code!r}"
    if isinstance(error, BaseExceptionGroup):
        inner = "; ".join(
            "".join(traceback.format_exception_only(e)).strip() for e in error.exceptions
        )
        return f"{error.message}: {inner}"
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the learner's own __str__ may raise anything
        return f"<the message of {type(error).__name__} raised an exception>"


def _frames(trace: TracebackType | None) -> Any:
    while trace:
        code = trace.tb_frame.f_code
        text = linecache.getline(code.co_filename, trace.tb_lineno).strip()
        yield _line(code.co_filename, trace.tb_lineno, code.co_name, text)
        trace = trace.tb_next


def _line(path: str, line: int, function: str, code: str) -> dict[str, Any]:
    return {"path": path, "line": line, "function": function, "code": code}
