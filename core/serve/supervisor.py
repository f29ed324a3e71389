"""Starts the parts of the workspace, keeps them running, and ends them: one thread, one loop."""

import contextlib
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator

from core.serve.broker import Broker
from core.serve.log import Log
from core.serve.part import Part, how

START = 90.0  # seconds for a part to answer
SOON = 15.0  # seconds: a part that ends within them has not really started
MOST_DEATHS = 3  # in a row, each soon after the start
PAUSE = 1.0  # seconds before a part is started again, longer each time
END = 12.0  # seconds to end in order: longer than a worker's patience with a run
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Failed(Exception):
    """A part does not come to run, or does not stay; its last words are in the sentence."""


class Supervisor:
    def __init__(self, parts: list[Part], broker: Broker, log: Log) -> None:
        self.parts = parts
        self.broker = broker
        self.log = log
        self.selector = selectors.DefaultSelector()
        self.due: dict[Part, float] = {}  # parts to start, and when
        self.asked = 0  # how often to stop
        self.announced = False

    def run(self, announce: Callable[[], None]) -> None:
        """Until a signal says to stop. `announce` is called once, when all parts answer.

        Raises Failed when a part keeps ending, Unavailable when there is no broker; whatever
        happens, all parts have ended afterwards.
        """
        with self._signals():
            try:
                self._have_broker()
                for part in self.parts:
                    self._start(part)
                while not self.asked and not self.log.broken:
                    self._wait()
                    if not self.announced and all(part.answers for part in self.parts):
                        self.announced = True
                        announce()
            finally:
                self._end()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Signals become bytes on a socket of the loop."""
        mine, theirs = socket.socketpair()
        mine.setblocking(False)
        theirs.setblocking(False)
        before = {number: signal.getsignal(number) for number in (*SIGNALS, signal.SIGCHLD)}
        for number in before:
            signal.signal(number, lambda *_: None)
        waking = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self.selector.register(mine, selectors.EVENT_READ, lambda: self._signalled(mine))
        try:
            yield
        finally:
            signal.set_wakeup_fd(waking)
            for number, handler in before.items():
                signal.signal(number, handler)
            self.selector.close()
            mine.close()
            theirs.close()

    def _signalled(self, mine: socket.socket) -> None:
        numbers = mine.recv(4096)
        self.asked += sum(number in SIGNALS for number in numbers)

    def _wait(self, seconds: float | None = None) -> None:
        """One turn: what is readable, what has ended, what is due."""
        for key, _ in self.selector.select(self._patience() if seconds is None else seconds):
            key.data()
        for part in self.parts:
            status = self._ended(part)
            if status is not None and not self.asked:
                self._died(part, status)
        now = time.monotonic()
        for part in [part for part, at in self.due.items() if at <= now]:
            del self.due[part]
            self._start(part)
        for part in self.parts:
            late = part.runs and not part.answers and now > part.started + START
            if late and not self.asked:
                raise Failed(f"The {part.name} did not answer within {START:.0f} s.{_last(part)}")

    def _patience(self) -> float | None:
        moments = list(self.due.values())
        moments += [p.started + START for p in self.parts if p.runs and not p.answers]
        return max(min(moments) - time.monotonic(), 0.0) + 0.01 if moments else None

    def _start(self, part: Part) -> None:
        part.environment |= self.broker.environment
        part.start()
        self.selector.register(part.output, selectors.EVENT_READ, lambda: self._read(part))
        self.selector.register(part.readiness, selectors.EVENT_READ, lambda: self._said(part))

    def _read(self, part: Part) -> None:
        for line in part.read():
            self.log(part.name, line)

    def _said(self, part: Part) -> None:
        self.selector.unregister(part.readiness)
        if part.is_ready():
            self.log(part.name, "answers again" if self.announced else "answers")

    def _ended(self, part: Part) -> int | None:
        if part.process is None or part.process.poll() is None:
            return None
        self._read(part)
        self.selector.unregister(part.output)
        if part.readiness >= 0:
            self.selector.unregister(part.readiness)
        return part.ended()

    def _died(self, part: Part, status: int) -> None:
        soon = time.monotonic() < part.started + SOON
        part.deaths = part.deaths + 1 if soon else 1
        words = f"ended {how(status)}"
        if part.deaths >= MOST_DEATHS:
            raise Failed(
                f"The {part.name} {words}, {part.deaths} times soon after its start.{_last(part)}"
            )
        self.log(part.name, f"{words}; it is started again")
        self.due[part] = time.monotonic() + PAUSE * part.deaths

    def _have_broker(self) -> None:
        self.broker.start()
        self._listen_to_broker()

    def _listen_to_broker(self) -> None:
        if self.broker.fileno() >= 0:
            self.selector.register(self.broker, selectors.EVENT_READ, self._broker_lost)

    def _broker_lost(self) -> None:
        self.selector.unregister(self.broker)
        if self.asked:
            return
        self.log("broker", "ended; it is started again, and what waits in the queue is sent anew")
        same = self.broker.again()
        self._listen_to_broker()
        if not same:  # the parts do not find it by themselves
            for part in self.parts:
                part.tell(signal.SIGTERM)

    def _end(self) -> None:
        """Ask all parts to end; those that do not in time, or at a second Ctrl-C, are killed."""
        self.due.clear()
        self.asked = max(self.asked, 1)
        running = any(part.runs for part in self.parts)
        if running:
            self.log.say("Ending all parts … (Ctrl-C once more: at once)")
        for part in self.parts:
            part.tell(signal.SIGTERM)
        deadline = time.monotonic() + END
        while any(part.runs for part in self.parts):
            left = deadline - time.monotonic()
            if left <= 0 or self.asked > 1:
                for part in self.parts:
                    part.kill()
            self._wait(max(left, 0.1))
        self.broker.stop()
        if running:
            self.log.say("All parts have ended.")


def _last(part: Part) -> str:
    return "".join(f"\n  {line}" for line in part.words)
