"""The process between the workspace and the learner's code: forks the child, bounds it, ends it.

One a run, started by a launcher. Its lifeline's first line is the job, and its end means that the
workspace is gone. Its report is one line of JSON, an `Ending`. Standard library only: what it
imports, every run pays for.
"""

import contextlib
import dataclasses
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from core import processes
from core.runner.job import Job, job_from_json

LOOK = 0.02  # seconds between two looks at what the tree uses
MB = 1024 * 1024
ADDRESS_SPACE = 8  # times the memory limit: threads reserve far more than they use
LARGEST_FILE = 512 * MB


@dataclass(frozen=True)
class Ending:
    """How the child ended. `reason` is "exited", "killed" by a signal, or the limit reached."""

    reason: str
    status: int = 0  # exit status or signal
    seconds: float = 0.0
    memory: int = 0  # bytes at the peak, resident, of the whole tree
    left: int = 0  # processes that could not be ended
    words: str = ""  # of "broken": what went wrong in the keeper itself


def main() -> None:
    """As a new Python: the lifeline is standard input, the report standard output."""
    keep(lifeline=0, report=1, frames=int(sys.argv[1]))


def keep(
    *, lifeline: int, report: int, frames: int, start: Callable[[Job], int] | None = None
) -> NoReturn:
    """Read the job, have it done by a child, report how it ended. The process ends here.

    `start` gives the job to a child and returns its process, where that is not a fork of this one
    which does what `core.runner.child.main` does.
    """
    try:
        job = dataclasses.replace(job_from_json(first_line(lifeline)), frames=frames)
        processes.adopt_orphans()
        child = (start or fork)(job)
        os.close(frames)
        ending = watch(job, child, lifeline)
        if ending.reason == "abandoned":
            shutil.rmtree(job.path, ignore_errors=True)
    except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
        ending = Ending("broken", words=f"{type(error).__name__}: {error}")
    with contextlib.suppress(BrokenPipeError):
        os.write(report, json.dumps(dataclasses.asdict(ending)).encode() + b"\n")
    os._exit(0)


def first_line(descriptor: int) -> str:
    """What was written to a pipe or socket up to its first newline; the process ends where it has none."""
    line = b""
    while not line.endswith(b"\n"):
        data = os.read(descriptor, 65536)
        if not data:
            os._exit(0)  # whoever started us has gone before saying what to do
        line += data
    return line.decode()


def fork(job: Job, work: Callable[[Job], int] | None = None) -> int:
    """A child of this process that does the job."""
    keeper = os.getpid()
    child = os.fork()
    if child == 0:
        be_child(keeper, lambda: job, work)
    return child


def be_child(
    keeper: int, receive: Callable[[], Job], work: Callable[[Job], int] | None
) -> NoReturn:
    """In the forked process: bounds and descriptors, then the learner's code. Never returns."""
    status = 1
    try:
        os.setsid()
        processes.die_with_parent(keeper)
        job = receive()
        _bound(job)
        nothing = os.open(os.devnull, os.O_RDONLY)
        output = os.open(job.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        os.closerange(3, job.frames)
        os.closerange(job.frames + 1, 256)
        os.chdir(job.path)
        os.environ.update(job.environment)
        status = (work or _main())(job)
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
        # A thread that never ends must not keep the process; atexit handlers are the learner's.
        os._exit(status)


def _main() -> Callable[[Job], int]:
    from core.runner.child import main  # Django and pytest: the keeper never imports them

    return main


def _bound(job: Job) -> None:
    limits = job.limits
    _limit(resource.RLIMIT_AS, int(limits.memory_mb * MB * ADDRESS_SPACE))
    _limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, int(limits.cpu_seconds) + 1)


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
        resource.setrlimit(kind, (value, value))


def watch(job: Job, child: int, lifeline: int) -> Ending:
    """Wait for the child's end or a limit, then end everything below this process."""
    start = time.monotonic()
    peak = 0
    reason, status = "", 0
    # Linux tells of the end at once; elsewhere it is seen at the next look.
    ended = [os.pidfd_open(child)] if hasattr(os, "pidfd_open") else []
    while not reason:
        gone = lifeline in select.select([lifeline, *ended], [], [], LOOK)[0]
        seconds = time.monotonic() - start
        used = processes.usage(processes.descendants(os.getpid()))
        peak = max(peak, used.memory)
        pid, code = os.waitpid(child, os.WNOHANG)
        if pid:
            reason, status = _how(os.waitstatus_to_exitcode(code))
        elif gone:
            reason = "abandoned"
        else:
            reason = _limit_reached(job, used, seconds)
    left = processes.end_all()
    peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
    return Ending(reason, status, round(time.monotonic() - start, 4), peak, left)


def _how(code: int) -> tuple[str, int]:
    if code == -signal.SIGXCPU:
        return "cpu_seconds", 0
    return ("killed", -code) if code < 0 else ("exited", code)


def _limit_reached(job: Job, used: processes.Usage, seconds: float) -> str:
    """The name of the limit that is reached, if one is."""
    limits = job.limits
    with contextlib.suppress(OSError):
        if os.stat(job.output).st_size > limits.output_kb * 1024:
            return "output_kb"
    if used.tasks > limits.processes:
        return "processes"  # before memory: what many processes share is counted for each
    if used.memory > limits.memory_mb * MB:
        return "memory_mb"
    if used.cpu > limits.cpu_seconds:
        return "cpu_seconds"
    return "seconds" if seconds > limits.seconds else ""


if __name__ == "__main__":
    main()
