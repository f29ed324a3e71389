"""Ledgers of round trips: those that are open fill, and what fills them is attached meanwhile."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.judge.calls import MOST_LINES
from core.judge.counting import OverCount, said
from core.judge.instrument import learners_line, record
from core.verdict import Measurement

REPEATED = 3  # times from which a line is said to ask too often


@dataclass(frozen=True)
class Trip:
    """One round trip; `line` is the learner's own that led to it, or ""."""

    method: str
    line: str


Ledger = list[Trip]


class Ledgers:
    """The ledgers of one kind of trips that are open now. `attach` has `add` called for each trip."""

    def __init__(self, attach: Callable[[], None], detach: Callable[[], None]) -> None:
        self.attach = attach
        self.detach = detach
        self._lock = threading.Lock()
        self._open: list[Ledger] = []

    @contextlib.contextmanager
    def open(self) -> Iterator[Ledger]:
        """A ledger that fills as the block runs."""
        ledger: Ledger = []
        with self._lock:
            if not self._open:
                self.attach()
            self._open.append(ledger)
        try:
            yield ledger
        finally:
            with self._lock:
                # By identity: an empty ledger equals another.
                self._open[:] = [each for each in self._open if each is not ledger]
                if not self._open:
                    self.detach()

    def add(self, method: str) -> None:
        trip = Trip(method, learners_line())
        for ledger in tuple(self._open):
            ledger.append(trip)


def judge(call: str, ledger: Ledger, *, name: str, limit: int, words: Iterator[str]) -> None:
    """Record how many trips there were; OverCount if they were more than `limit`."""
    record(Measurement(name=name, call=call, value=len(ledger), limit=limit))
    if len(ledger) > limit:
        raise OverCount(
            call, said(len(ledger), name), f"at most {said(limit, name)}", "\n".join(words)
        )


def sentences(ledger: Ledger, verb: str, advice: Callable[[str], str]) -> Iterator[str]:
    """A sentence for each method and line, the most frequent first; `advice` on what is repeated."""
    found = Counter(ledger).most_common()
    for trip, times in found[:MOST_LINES]:
        often = "once" if times == 1 else f"{times} times"
        better = advice(trip.method) if times >= REPEATED else ""
        yield f"{trip.line or 'tests.py'} {verb} {trip.method} {often}{better and f'; {better}'}"
    if len(found) > MOST_LINES:
        yield f"… and {len(found) - MOST_LINES} more lines"
