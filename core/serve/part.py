"""One part of the workspace as a process: started, listened to, ended."""

import contextlib
import functools
import os
import signal
import subprocess
import time
from collections import deque
from dataclasses import dataclass, field

from core.processes import die_with_parent
from core.serve.ready import VARIABLE
from core.state import ROOT

LAST_WORDS = 8  # lines
LONGEST_LINE = 10_000  # bytes


@dataclass(eq=False)
class Part:
    """`command` runs as long as the part does; `descriptors` are handed on to it."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None
    output: int = -1  # descriptor that its words are read from
    readiness: int = -1  # readable once it answers; -1 after that
    started: float = 0.0
    deaths: int = 0  # in a row, each soon after the start
    words: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_WORDS))
    rest: bytes = b""

    @property
    def runs(self) -> bool:
        return self.process is not None

    @property
    def answers(self) -> bool:
        return self.runs and self.readiness < 0

    def start(self) -> None:
        """In a session of its own: Ctrl-C reaches it by way of whoever started it, and in order."""
        self.output, theirs = os.pipe()
        self.readiness, says = os.pipe()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
                cwd=ROOT,
                env=os.environ | self.environment | {VARIABLE: str(says)},
                pass_fds=[says, *self.descriptors],
                start_new_session=True,
                # Here is one thread; and where this process is killed, nothing may stay.
                preexec_fn=functools.partial(die_with_parent, os.getpid()),
            )
        finally:
            os.close(theirs)
            os.close(says)
        os.set_blocking(self.output, False)
        self.started = time.monotonic()

    def read(self) -> list[str]:
        """The whole lines that it wrote since."""
        data = self.rest
        with contextlib.suppress(BlockingIOError):
            while more := os.read(self.output, 65536):
                data += more
        *lines, self.rest = data.split(b"\n")
        if len(self.rest) > LONGEST_LINE:
            lines, self.rest = [*lines, self.rest], b""
        found = [line.decode(errors="replace").rstrip() for line in lines]
        self.words += [line for line in found if line]
        return [line for line in found if line]

    def is_ready(self) -> bool:
        """Reads the byte that says so; False where the pipe ended without one."""
        said = os.read(self.readiness, 1)
        os.close(self.readiness)
        self.readiness = -1
        return bool(said)

    def tell(self, number: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(number)

    def kill(self) -> None:
        """The whole session."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def ended(self) -> int | None:
        """Its exit status once it has ended, and then nothing of its session is left."""
        status = self.process.poll() if self.process else None
        if status is not None:
            self.kill()
            os.close(self.output)
            if self.readiness >= 0:
                os.close(self.readiness)
            self.process, self.output, self.readiness, self.rest = None, -1, -1, b""
        return status


def how(status: int) -> str:
    """Half a sentence on an exit status."""
    if status >= 0:
        return f"with status {status}"
    try:
        return f"by the signal {signal.Signals(-status).name}"
    except ValueError:
        return f"by the signal {-status}"
