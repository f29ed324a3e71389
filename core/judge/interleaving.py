"""Interleavings: the same calls in threads, again and again, each time broken in on elsewhere.

One thread stops where the learner's code has computed a value, the others run as far as they can,
and it goes on. Then all from the start, stopped one value later, until each thread has been stopped
at each of its steps. These are all schedules with one preemption: they show lost updates, checks
that no longer hold, and deadlocks, on every machine alike.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType, TracebackType
from typing import Any

from core.judge.expectation import Mismatch
from core.judge.instrument import record
from core.judge.stepping import stepping
from core.judge.turns import Standstill, Turns, locks_in_turns, step
from core.verdict import Measurement

MOST = 300  # steps of one thread that it is stopped at; of more, as many, evenly spread

Refusals = type[Exception] | tuple[type[Exception], ...]


class Interleaving:
    """One of them, as a context: load the learner's module, make what it needs, then `run` once.

    A mismatch that leaves the block tells the story: who was stopped where, and who ran meanwhile.
    """

    def __init__(self, call: str, first: int, stop: int) -> None:
        self.call = call
        self.turns: Turns | None = None
        self._which = first, stop
        self._inside = ExitStack()

    def load(self, module: ModuleType) -> ModuleType:
        """A fresh copy of a module without models: globals and locks are as a process begins.

        Two copies share what two processes share: files, and the database.
        """
        return stepping(module, step)

    def run(self, *calls: Callable[[], Any], refused: Refusals = ()) -> list[Any]:
        """What each call gave, in their order; of an exception that is `refused`, its class.

        Raises Standstill where a thread does not come to its end, and whatever else one raised.
        """
        if self.turns:
            raise RuntimeError("each interleaving is run once")
        first, stop = self._which
        self.turns = Turns(calls, first=first, stop=stop)
        self.turns.run()
        if self.turns.over:
            ends = "every thread comes to its end"
            raise Standstill(self.call, self.turns.over, ends, self.turns.why)
        for player in self.turns.players:
            if player.error and not isinstance(player.error, refused):
                raise player.error
        return [type(p.error) if p.error else p.result for p in self.turns.players]

    @property
    def waits(self) -> list[str]:
        """Words for each time that a thread had to wait for another."""
        return self.turns.waits if self.turns else []

    @property
    def story(self) -> str:
        events = "; ".join(self.turns.events if self.turns else ())
        return f"{events[0].upper()}{events[1:]}." if events else ""

    def __enter__(self) -> "Interleaving":
        self._inside.enter_context(locks_in_turns())
        return self

    def __exit__(
        self, kind: object, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inside.close()
        if isinstance(error, Mismatch):
            error.args = ("\n".join(filter(None, [str(error), self.story])),)


def interleavings(call: str) -> Iterator[Interleaving]:
    """One after the other; `call` is what a learner would type, for the messages.

    for turns in interleavings("next() in two threads"):
        with turns:
            numbers = turns.load(exercise).Numbers()
            got = turns.run(numbers.next, numbers.next)
            expect(turns.call, sorted(got), [1, 2])
    """
    tried, first, threads = 0, 0, 1
    while first < threads:
        stop, stride, length = 1, 1, 1
        while stop <= length:
            interleaving = Interleaving(call, first, stop)
            yield interleaving
            if not interleaving.turns:
                raise RuntimeError("each interleaving is run once")
            threads, length = len(interleaving.turns.players), interleaving.turns.length
            stride = stride if tried else 1 + length // MOST
            tried, stop = tried + 1, stop + stride
        first += 1
    record(Measurement(name="interleavings", call=call, value=tried))
