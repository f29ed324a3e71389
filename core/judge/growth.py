"""How a cost grows with the data: the same call at several sizes, counted, never timed."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from typing import Literal

from core.judge.expectation import Mismatch
from core.judge.instrument import Statement, record
from core.judge.queries import by_shape, recorded, said
from core.verdict import Measurement, Point

SIZES = (1, 4, 16, 64)
WORSE = 1.5  # exponent between the last two sizes from which growth is worse than linear

Curve = Literal["constant", "linear", "worse"]


class Grows(Mismatch):
    """A cost that grows faster with the data than it may."""


def growth(
    call: str,
    *,
    make: Callable[[int], object],
    do: Callable[[], object],
    at_most: Literal["constant", "linear"] = "constant",
    count: Callable[[], float] | None = None,
    unit: str = "queries",
    sizes: tuple[int, ...] = SIZES,
    because: str = "",
) -> tuple[Point, ...]:
    """Raise Grows if the cost of `do()` grows faster than `at_most` with the data of `make(size)`.

    Each size starts from the same rows: it runs in a transaction that is rolled back. The first size
    runs once uncounted, so that what is done once a process is done; caches that answer in place of
    the database are emptied before each. The cost is the queries, or what `count()` has risen by.
    """
    points, ledger = [], []
    for size in (sizes[0], *sizes):
        with rolled_back():
            make(size)
            forget()
            before = count() if count else 0
            start = time.perf_counter()
            with recorded() as ledger:
                do()
            seconds = time.perf_counter() - start
            value = count() - before if count else counted(ledger)
            points.append(Point(size, value, round(seconds, 6)))
    found = tuple(points[1:])
    shapes = by_shape([each for each in ledger if each.counted])
    record(Measurement(unit, call, found[-1].value, None, shapes, found))
    curve = curve_of(found)
    if curve != "constant" and curve != at_most:
        values = ", ".join(f"{point.value:g}" for point in found)
        got = f"{values} {unit} at size {', '.join(str(point.size) for point in found)}: {WORDS[curve]}"
        expected = (
            "the same at every size" if at_most == "constant" else "no more than linear growth"
        )
        lines = () if count else said(shapes)
        raise Grows(call, got, expected, "\n".join(filter(None, [because, *lines])))
    return found


WORDS = {"constant": "constant", "linear": "it grows with the data", "worse": "worse than linear"}


def curve_of(points: tuple[Point, ...]) -> Curve:
    """Equal values are constant; else the exponent between the last two sizes decides."""
    if len({point.value for point in points}) == 1:
        return "constant"
    return "worse" if exponent(points) >= WORSE else "linear"


def exponent(points: tuple[Point, ...]) -> float:
    """The power of the size that the last two values differ by: 0 constant, 1 linear, 2 square."""
    (small, low, *_), (large, high, *_) = ((p.size, p.value) for p in points[-2:])
    if low <= 0 or high <= low:
        return 0.0
    return math.log(high / low) / math.log(large / small)


def forget() -> None:
    """Empty the caches that would answer in place of the database."""
    from django.apps import apps
    from django.core.cache import caches

    for app, model in (("contenttypes", "ContentType"), ("sites", "Site")):
        if apps.is_installed(f"django.contrib.{app}"):
            apps.get_app_config(app).get_model(model)._default_manager.clear_cache()  # type: ignore[attr-defined]
    for cache in caches.all():
        cache.clear()


def counted(ledger: list[Statement]) -> int:
    """How many statements count: transaction control does not."""
    return sum(statement.counted for statement in ledger)


def has_database() -> bool:
    """Whether the kata has one. DATABASES does not tell: Django fills an empty one at the first look."""
    from django.db import connection

    return connection.vendor != "unknown"  # that of the backend which refuses everything


@contextlib.contextmanager
def rolled_back() -> Iterator[None]:
    """Rows made inside are gone afterwards; without a database there are none."""
    from django.db import transaction

    if not has_database():
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
