"""The demo's table: what each call gave and cost, in the learner's code, as shipped, and solved."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.judge.expectation import shorten
from core.judge.queries import counted
from core.kata import Kata
from core.runner.demo import Call, Column

RESULT = 24  # characters of a result in a cell
NAMES = {"exercise": "yours", "stub": "as shipped", "solution": "solution"}


def show(console: Console, kata: Kata, columns: tuple[Column, ...]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(kata.slug, min_width=20, overflow="fold")
    for column in columns:
        table.add_column(NAMES[column.source], justify="right", no_wrap=True)
    names = list(dict.fromkeys(call.call for column in columns for call in column.calls))
    for name in names:
        found = [next((c for c in column.calls if c.call == name), None) for column in columns]
        same = len({call.result for call in found if call}) == 1
        # Where all give the same, only the cost tells them apart.
        table.add_row(Text(name), *(Text(_cell(call, with_result=not same)) for call in found))
    console.print(table)
    console.print()
    for column in columns:
        if column.problem:
            name = NAMES[column.source]
            console.print(f"{name}: {column.problem.message}", markup=False, soft_wrap=True)
    shipped, solved = _total(columns, "stub"), _total(columns, "solution")
    if shipped > solved > 0:
        unit = columns[0].calls[0].unit if columns[0].calls else "queries"
        factor = f"{shipped / solved:,.0f} times as {'often' if unit == 'queries' else 'many'}"
        words = f"As shipped: {amount(shipped, unit)}; the solution: {solved:g}. That is {factor}."
        console.print(words, soft_wrap=True)


def _cell(call: Call | None, *, with_result: bool) -> str:
    if not call:
        return "–"
    lines = [shorten(call.result, RESULT)] if with_result else []
    lines += [amount(call.value, call.unit)] if call.value else []
    return "\n".join([*lines, f"{call.seconds * 1000:.1f} ms"])


def amount(value: float, unit: str) -> str:
    return counted(int(value)) if unit == "queries" else f"{value:g} {unit}"


def _total(columns: tuple[Column, ...], source: str) -> float:
    return sum(call.value for column in columns if column.source == source for call in column.calls)
