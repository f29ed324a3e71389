"""The demo's table: what each call gave and cost, in the learner's code, as shipped, and solved."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.kata import Kata
from core.runner.demo import Call, Column

NAMES = {"exercise": "yours", "stub": "as shipped", "solution": "solution"}


def show(console: Console, kata: Kata, columns: tuple[Column, ...]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(kata.title)
    for column in columns:
        table.add_column(NAMES[column.source], justify="right")
    names = list(dict.fromkeys(call.call for column in columns for call in column.calls))
    for name in names:
        found = [next((c for c in column.calls if c.call == name), None) for column in columns]
        table.add_row(Text(name), *(Text(_cost(call)) for call in found))
    console.print(table)
    console.print()
    for column in columns:
        if column.problem:
            name = NAMES[column.source]
            console.print(f"{name}: {column.problem.message}", markup=False, soft_wrap=True)
    shipped, solved = _total(columns, "stub"), _total(columns, "solution")
    if shipped > solved > 0:
        factor = f"{shipped / solved:.0f} times"
        text = f"As shipped asks the database {shipped} times, the solution {solved}: {factor} as often."
        console.print(text, soft_wrap=True)


def _cost(call: Call | None) -> str:
    if not call:
        return "–"
    time = f"{call.seconds * 1000:.1f} ms"
    return f"{call.queries} queries  {time}" if call.queries else time


def _total(columns: tuple[Column, ...], source: str) -> int:
    return sum(
        call.queries for column in columns if column.source == source for call in column.calls
    )
