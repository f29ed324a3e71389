"""How a keeper comes to be: a new Python, or a fork of one that is warm.

Three pipes tie it to whoever asked: the lifeline (first line: what to do; its end: stop), the report
(one line of JSON, an Ending) and the frames. A launcher gives the keeper its ends of them.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.runner.job import Ahead
from core.state import ROOT

# What a child's Python must know before it starts: these cannot be set in a fork.
AT_START = {
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "MALLOC_ARENA_MAX": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SYSTEMROOT", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Ends:
    """The keeper's ends of the three pipes, as descriptors of this process."""

    lifeline: int
    report: int
    frames: int


class Launcher(Protocol):
    def __call__(self, ends: Ends, ahead: Ahead) -> Callable[[], object]:
        """Start a keeper that holds these ends; what is returned is called once it has ended."""


def cold(ends: Ends, ahead: Ahead) -> Callable[[], object]:
    """A new Python."""
    keeper = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "core.runner.keeper", str(ends.frames)],
        stdin=ends.lifeline,
        stdout=ends.report,
        stderr=subprocess.DEVNULL,
        pass_fds=[ends.frames],
        cwd=ROOT,
        env=environment(),
        start_new_session=True,
    )
    return keeper.wait


def environment() -> dict[str, str]:
    """What a child sees of the environment: no secrets of the workspace, and nothing that varies."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ} | AT_START
