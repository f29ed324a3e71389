"""What the demo and the lab show of this kata."""

import tempfile
from pathlib import Path

from . import exercise

PATH = Path(tempfile.gettempdir(), "kata_iterators_stock.txt")


def populate(size: int) -> None:
    """A stock list of `size` lines, every tenth of them blank."""
    lines = ("" if n % 10 == 0 else f"{n} copies of title {n}" for n in range(1, size + 1))
    PATH.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def two_loops() -> tuple[int, int]:
    lines = exercise.Lines(PATH)
    return len(list(lines)), len(list(lines))


def side_by_side() -> int:
    lines = exercise.Lines(PATH)
    return len(list(zip(lines, lines, strict=False)))


calls = {
    "one loop": lambda: len(list(exercise.Lines(PATH))),
    "two loops": two_loops,
    "side by side": side_by_side,
}
