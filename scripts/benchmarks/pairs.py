"""Two things timed in turn, A B A B …: what disturbs a machine disturbs both, and ratios stay."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Timed = Callable[[], float]  # does the thing once; its seconds


@dataclass(frozen=True)
class Spread:
    """A median, and the quartiles around it."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    if len(values) < 2:
        return Spread(values[0], values[0], values[0])
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(statistics.median(values), low, high)


@dataclass(frozen=True)
class Pairs:
    """Seconds of A and of B, in the order they were measured."""

    a: tuple[float, ...]
    b: tuple[float, ...]

    @property
    def ratio(self) -> Spread:
        """A by B, pair by pair."""
        return spread([a / b for a, b in zip(self.a, self.b, strict=True)])


def in_turn(calls: Sequence[tuple[Timed, Timed]], *, repeat: int) -> Pairs:
    """`repeat` times each of `calls`, a pair after the other. Each is done once before, uncounted."""
    a: list[float] = []
    b: list[float] = []
    for first, second in calls:
        first()
        second()
    for _ in range(repeat):
        for first, second in calls:
            a.append(first())
            b.append(second())
    return Pairs(tuple(a), tuple(b))
