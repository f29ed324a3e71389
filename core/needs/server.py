"""A server as its host sees it: started here or met by a URL, lent in shares, ended."""

import contextlib
import functools
import hashlib
import os
import platform
import pwd
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from core.errors import KataError
from core.needs.find import NAMES, Found
from core.processes import die_with_parent, end_all

LOOK = 0.01  # seconds between two looks whether it is
SETTLED = 1.0  # seconds for a server that does not answer to have ended
GRACE = 5.0  # seconds for a server to end by itself


@dataclass
class Share:
    """What one holder was lent: `name` within the server, `environment` for its child."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    prepared: bool = False


class Server:
    """The base of each kind. Used by one thread, the host's; every method may block for a while.

    `start` makes it ready or raises KataError; after `end` it can be started again. `lend` and
    `take_back` are only called in between.
    """

    ends_by: int = signal.SIGKILL  # what ends it when nothing of it is to be kept
    patience = 30.0  # seconds for it to be ready

    def __init__(self, found: Found, folder: Path) -> None:
        self.found = found
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.running = False
        # By it this host and those before it know their own on somebody else's server.
        here = f"{platform.node()}\0{folder}"
        self.mark = hashlib.sha256(here.encode()).hexdigest()[:8]

    @property
    def name(self) -> str:
        return NAMES[self.found.need]

    def start(self) -> None:
        raise NotImplementedError

    def lend(self, wish: dict[str, Any]) -> Share:
        raise NotImplementedError

    def take_back(self, share: Share) -> None:
        raise NotImplementedError

    def answers(self) -> None:
        """Raise an exception of the server's client if it does not answer."""
        raise NotImplementedError

    def lost(self) -> str:
        """Half a sentence on how it came to its end; "" while it answers."""
        try:
            self.answers()
        except Exception as error:  # noqa: BLE001 - each client has its own
            return self._end_of_it(str(error))
        return ""

    def _end_of_it(self, reason: str) -> str:
        if self.process:
            # What a killed process had open is closed a moment before it counts as ended.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(SETTLED)
                return f"{self.name} was ended{_how(self.process.returncode)}"
        return f"{self.name} does not answer any more: {first_line(reason)}"

    def end(self) -> None:
        """End what was started here; nothing where it is somebody else's."""
        self.running = False
        if self.process is None:
            return
        for number in (self.ends_by, signal.SIGKILL):
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE)
                break
        self.process = None
        end_all()  # what a killed server left to its host

    def launch(
        self,
        command: list[str | Path],
        *,
        as_user: pwd.struct_passwd | None = None,
        more: dict[str, str] | None = None,
    ) -> None:
        """Start the program; it ends with this process, and writes to where this process does."""
        try:
            self.process = subprocess.Popen(  # noqa: S603 - a program that find() names
                command,
                stdin=subprocess.DEVNULL,
                env=environment() | (more or {}),
                cwd="/",
                user=as_user.pw_uid if as_user else None,
                group=as_user.pw_gid if as_user else None,
                extra_groups=[] if as_user else None,
                # Here is one thread; and the signal must be set after the user is.
                preexec_fn=functools.partial(die_with_parent, os.getpid(), self.ends_by),
            )
        except OSError as error:
            self.fails(f"{command[0]}: {error.strerror}", error)

    def until_ready(self, probe: Callable[[], object], *failures: type[Exception]) -> None:
        """Wait until the probe no longer raises one of `failures`."""
        process = self.process
        if process is None:
            raise RuntimeError("nothing was launched")
        for _ in range(int(self.patience / LOOK)):
            try:
                probe()
            except failures as error:
                reason: Exception = error
            else:
                self.running = True
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LOOK)
                self.fails(f"it ended at once{_how(process.returncode)}")
        self.fails(first_line(str(reason)), reason)

    def fails(self, reason: str, cause: Exception | None = None) -> NoReturn:
        hint = (
            f"It is {self.found.program}. Free some space in {self.folder.parent}, or see its log."
        )
        if self.found.url:
            hint = f"It is named by {self.found.need.upper()}_URL. Start it, or unset that."
        verb = "be used" if self.found.url else "be started"
        raise KataError(f"{self.name} cannot {verb}: {reason}.", hint=hint) from cause


def environment() -> dict[str, str]:
    """What a server sees: nothing of whoever was the first to ask for it."""
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def first_line(text: str) -> str:
    return (text.strip().splitlines() or ["it does not say why"])[0].rstrip(".")


def _how(status: int) -> str:
    if status >= 0:
        return f" with status {status}"
    try:
        return f" by the signal {signal.Signals(-status).name}"
    except ValueError:
        return f" by the signal {-status}"
