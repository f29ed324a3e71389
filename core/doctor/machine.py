"""What this machine can do: probed, never taken from a name or a version."""

import ctypes
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.state import STATE

LONGEST = 10.0  # seconds that a probe may take
LANDLOCK_CREATE_RULESET = 444  # system call, the same on every architecture
LANDLOCK_VERSION = 1  # flag: only say which version there is

# In a process of its own: it bounds itself, and forks.
PROBE = """
import json, os, resource, sys
found = {"rlimits": True, "fork": False}
for kind, value in ((resource.RLIMIT_AS, 1 << 33), (resource.RLIMIT_CPU, 60)):
    try:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        found["rlimits"] = False
if hasattr(os, "fork"):
    child = os.fork()
    if child == 0:
        os._exit(7)
    found["fork"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
sys.stdout.write(json.dumps(found))
"""


@dataclass(frozen=True)
class Space:
    """`problem` says why the space of a folder is not known."""

    name: str
    folder: str
    free: int  # bytes
    problem: str = ""


@dataclass(frozen=True)
class Sandbox:
    """What runs are bounded by, and what else could bound them here: nothing else is used.

    `landlock` is the version of its interface, 0 where the kernel offers none; `bubblewrap` is
    "available", "not installed" or why it does not run.
    """

    level: str
    landlock: int
    bubblewrap: str


def spaces() -> tuple[Space, ...]:
    return _space("state", STATE), _space("temporary", Path(tempfile.gettempdir()))


def _space(name: str, folder: Path) -> Space:
    # A folder that is yet to be made will be on the disk of the one above it.
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        return Space(name, str(folder), shutil.disk_usage(there).free)
    except OSError as error:
        return Space(name, str(folder), 0, problem=error.strerror or str(error))


def bounds() -> tuple[Sandbox, bool]:
    """How far runs can be bounded, and whether a process can be forked."""
    try:
        done = _run(sys.executable, "-I", "-S", "-c", PROBE)
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        found = {"rlimits": False, "fork": False}
    level = "rlimits" if found["rlimits"] else "none"
    return Sandbox(level, _landlock(), _bubblewrap()), bool(found["fork"])


def _landlock() -> int:
    if sys.platform != "linux":
        return 0
    version = ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION)
    return max(int(version), 0)


def _bubblewrap() -> str:
    program = shutil.which("bwrap")
    if program is None:
        return "not installed"
    bounded = ("--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "--new-session")
    try:
        done = _run(program, *bounded, sys.executable, "-I", "-S", "-c", "")
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run: {error}"
    if done.returncode == 0:
        return "available"
    words = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
    return f"does not run: {words[0].removeprefix('bwrap: ')}"


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own interpreter, or bubblewrap's program
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=LONGEST,
    )
