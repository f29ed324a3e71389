"""Cost by size: a table of queries and times, and a plot that shows which way it goes."""

import math

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.judge.growth import curve_of
from core.kata import Kata
from core.report.demo import NAMES
from core.runner.demo import Measured
from core.verdict import Point

HEIGHT = 8  # rows of the plot
SIGNS = {"exercise": "●", "stub": "○", "solution": "▪"}
STYLES = {"exercise": "bold", "stub": "red", "solution": "green"}
CURVES = {"constant": "constant", "linear": "grows with the data", "worse": "worse than linear"}


def show(console: Console, kata: Kata, measured: tuple[Measured, ...]) -> None:
    """A table and a plot for each call of the lab."""
    for call in dict.fromkeys(call for each in measured for call in each.points):
        found = [(each.source, each.points[call]) for each in measured if call in each.points]
        counted = any(point.value for _, points in found for point in points)
        unit = measured[0].unit if counted else ""
        console.print(_table(call, found, unit))
        console.print()
        console.print(_plot(found, unit))
        console.print()
    for each in measured:
        if each.problem:
            text = f"{NAMES[each.source]}: {each.problem.message} {each.problem.hint}"
            console.print(text, markup=False, soft_wrap=True)


def _table(call: str, found: list[tuple[str, tuple[Point, ...]]], unit: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(call, min_width=12, overflow="fold")
    for point in found[0][1]:
        table.add_column(str(point.size), justify="right", no_wrap=True)
    table.add_column(unit)
    for source, points in found:
        name = Text(f"{SIGNS[source]} {NAMES[source]}", STYLES[source])
        if unit:
            values = [f"{point.value:g}" for point in points]
            table.add_row(name, *values, CURVES[curve_of(points)])
            name = Text("")
        times = [f"{point.seconds * 1000:.1f} ms" for point in points]
        table.add_row(name, *(Text(each, "dim") for each in times))
    return table


def _plot(found: list[tuple[str, tuple[Point, ...]]], unit: str) -> Text:
    """Both axes by powers, so that a straight line to the right is constant, a slope is growth."""
    values = {
        source: [point.value if unit else point.seconds * 1000 for point in points]
        for source, points in found
    }
    top = max(max(each) for each in values.values()) or 1
    low = min(min(each) for each in values.values()) or top / 1000
    sizes = [point.size for point in found[0][1]]
    gap = 12
    rows = [[" "] * (gap * len(sizes)) for _ in range(HEIGHT)]
    styles: dict[tuple[int, int], str] = {}
    for source in reversed(values):  # the learner's own last: on top where points meet
        for column, value in enumerate(values[source]):
            row, place = _row(value, low, top), gap * column + gap // 2
            rows[row][place] = SIGNS[source]
            styles[row, place] = STYLES[source]
    text = Text()
    for row, signs in enumerate(rows):
        label = f"{top:.4g}" if row == 0 else f"{low:.3g}" if row == HEIGHT - 1 else ""
        text.append(f"{label[:8]:>8} │" if label else f"{'':8} │", "dim")
        for place, sign in enumerate("".join(signs).rstrip()):
            text.append(sign, styles.get((row, place), ""))
        text.append("\n")
    axis = "".join(f"{size:^{gap}}" for size in sizes)
    text.append(
        f"{unit or 'ms':>8.8} └{'─' * gap * len(sizes)}\n{'size':>8}  {axis}".rstrip(), "dim"
    )
    return text


def _row(value: float, low: float, top: float) -> int:
    if top <= low:
        return HEIGHT - 1
    share = math.log(max(value, low) / low) / math.log(top / low)
    return round((1 - share) * (HEIGHT - 1))
