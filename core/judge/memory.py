"""Peak memory of a block, as Python's own allocator saw it; never that of the whole process."""

import contextlib
import gc
import math
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

from core.judge.expectation import Mismatch
from core.judge.instrument import record
from core.verdict import Measurement

KIB, MIB = 1024, 1024 * 1024


class OverMemory(Mismatch):
    """More memory at the peak than allowed."""


@dataclass(eq=False)
class Peak:
    """Bytes that were allocated when the block began, and the most that were since."""

    start: int = 0
    most: int = 0

    @property
    def bytes(self) -> int:
        """What the block had allocated at its peak and not given back by then."""
        return max(0, self.most - self.start)


_lock = threading.Lock()
_open: list[Peak] = []  # the blocks that are measured now, of every thread
_ours = False  # whether tracing was started here, and so ends here


@contextlib.contextmanager
def memory_budget(call: str, *, mb: float, because: str = "") -> Iterator[Peak]:
    """Raise OverMemory if the block allocates more than `mb` mebibytes at its peak above its start.

    Only what Python allocates is seen: objects, and what extension modules take by Python's allocator;
    not SQLite's own pages. All threads count. What a first call imports or caches counts too: call
    once on little data before the block. Consume iterators inside it. Code runs some times slower.
    """
    with peak() as found:
        yield found
    record(Measurement(name="MiB", call=call, value=round(found.bytes / MIB, 3), limit=mb))
    if found.bytes > mb * MIB:
        got, expected = f"{size(found.bytes)} at its peak", f"at most {size(mb * MIB)}"
        raise OverMemory(call, got, expected, because)


@contextlib.contextmanager
def peak() -> Iterator[Peak]:
    """The peak of the block, known when it has ended; blocks nest."""
    gc.collect()
    found = Peak()
    with _lock:
        _begin(found)
    try:
        yield found
    finally:
        with _lock:
            _end(found)


def _begin(found: Peak) -> None:
    global _ours
    if not tracemalloc.is_tracing():
        tracemalloc.start()
        _ours = True
    _note()
    found.start = found.most = tracemalloc.get_traced_memory()[0]
    _open.append(found)


def _end(found: Peak) -> None:
    global _ours
    _note()
    _open.remove(found)
    if _ours and not _open:
        tracemalloc.stop()
        _ours = False


def _note() -> None:
    """Keep the peak so far for the blocks that are open, and begin another."""
    most = tracemalloc.get_traced_memory()[1]
    for each in _open:
        each.most = max(each.most, most)
    tracemalloc.reset_peak()


def size(number: float) -> str:
    """Rounded up, so that what is above a limit also reads so: `312 KiB`, `1.01 MiB`."""
    if number < MIB:
        return f"{math.ceil(number / KIB)} KiB"
    return f"{math.ceil(number / MIB * 100) / 100:.2f}".rstrip("0").rstrip(".") + " MiB"
