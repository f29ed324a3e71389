"""Two attempts side by side: cases that changed, query shapes with + and -, the code."""

from rich.console import Console
from rich.text import Text

from core.comparison import Comparison
from core.judge.queries import counted
from core.report.console import mark
from core.report.verdict import label

STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show(console: Console, old: int, new: int, comparison: Comparison) -> None:
    console.print(f"Run {new} beside run {old}", style="bold")
    for case in comparison.cases:
        before = mark(case.old) if case.old else Text(" ")
        after = mark(case.new) if case.new else Text(" ")
        console.print(Text.assemble("  ", before, " → ", after, f" {label(case.case)}"))
    for change in comparison.queries:
        console.print()
        numbers = f"{counted(int(change.old))} → {counted(int(change.new))}"
        console.print(Text.assemble((change.call, "bold"), f"  {numbers}"))
        for sign, shapes in (("-", change.gone), ("+", change.come)):
            for sql, times in shapes:
                console.print(Text(f"  {sign} {times} × {sql}", STYLES[sign]), soft_wrap=True)
    console.print()
    for line in comparison.code:
        console.print(Text(line, STYLES.get(line[:1], "")), soft_wrap=True)
    if not comparison.code:
        console.print("The code is the same.")
