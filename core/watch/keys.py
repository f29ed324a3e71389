"""Single keys from the person's terminal, which is given back as it was, however this ends."""

import atexit
import os
import re
import select
import signal
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

KNOWN = "rhn"
SEQUENCE = re.compile(r"\x1b(?:\[[\d;]*|O)?.?")  # an arrow and the like: letters that nobody typed
BACKGROUND = 0.5  # seconds between looks whether the shell gave the terminal back


class Keys:
    """Tells each known key as it is typed, in a thread of its own; `q` also interrupts a run.

    Falsy, and silent, where standard input is not a terminal, or is another's at the moment.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self.tell = tell
        self.descriptor = sys.stdin.fileno() if sys.stdin and sys.stdin.isatty() else -1
        self.usable = self.descriptor >= 0 and _ours(self.descriptor)
        self.left = False  # whether `q` was typed
        self.thread: threading.Thread | None = None
        self.wake = -1
        if self.usable:
            self.before: list[Any] = termios.tcgetattr(self.descriptor)
            # Twice is safe, and this one is reached where an impatient Ctrl-C cuts the other short.
            atexit.register(self._restore)

    def __bool__(self) -> bool:
        return self.usable

    def __enter__(self) -> "Keys":
        if self.usable:
            woken, self.wake = os.pipe()
            self.thread = threading.Thread(target=self._read, args=(woken,), daemon=True)
            self.one_by_one()
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.thread:
            thread, self.thread = self.thread, None
            self._restore()
            os.close(self.wake)
            thread.join()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The terminal as the shell has it, for a question that is answered by a line."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()

    def one_by_one(self) -> None:
        """Keys without Enter and without echo; said again after Ctrl-Z, when a shell had its way."""
        if self.thread and _ours(self.descriptor):  # from the background it would stop this process
            tty.setcbreak(self.descriptor, termios.TCSANOW)

    def _restore(self) -> None:
        if _ours(self.descriptor):
            termios.tcsetattr(self.descriptor, termios.TCSANOW, self.before)

    def _read(self, woken: int) -> None:
        while True:
            ready, _, _ = select.select([self.descriptor, woken], [], [])
            if woken in ready:
                os.close(woken)
                return
            if not _ours(self.descriptor):
                select.select([woken], [], [], BACKGROUND)
                continue
            try:
                typed = os.read(self.descriptor, 1024)
            except OSError:
                typed = b""  # the terminal is gone
            self._tell(SEQUENCE.sub("", typed.decode(errors="replace")).lower())
            if not typed or self.left:
                self._interrupt()
                select.select([woken], [], [])

    def _tell(self, typed: str) -> None:
        for key in typed:
            self.left = self.left or key == "q"
            if key in KNOWN:
                self.tell(key)

    def _interrupt(self) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _ours(descriptor: int) -> bool:
    """Whether the terminal is this process's to read: not while it is in the background."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return os.isatty(descriptor)  # not the one that controls this process: nobody else's
