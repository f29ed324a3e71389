"""The runs of a kata, newest first."""

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.catalogue import command
from core.kata import Kata
from core.models import Run
from core.report.console import mark
from core.verdict import Status


def show_history(console: Console, kata: Kata, runs: list[Run], *, as_json: bool) -> None:
    if as_json:
        console.print_json(json.dumps([_as_json(run) for run in runs]))
        return
    if not runs:
        console.print(
            f"{kata.slug} was not run yet. Run it: {command()} {kata.slug}", soft_wrap=True
        )
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for run in runs:
        table.add_row(
            Text(str(run.pk), "bold", justify="right"),
            Text.assemble(mark(Status(run.status)), f" {run.status}"),
            f"{run.passed} of {run.cases}",
            f"{run.duration:.1f} s",
            run.source,
            Text((run.snapshot_id or "")[:8], "dim"),
            Text(f"{run.started_at:%Y-%m-%d %H:%M}", "dim"),
        )
    console.print(table)
    console.print(f"The file of a run again: {command()} {kata.slug} --reset RUN", soft_wrap=True)


def _as_json(run: Run) -> dict[str, object]:
    return {
        "run": run.pk,
        "status": run.status,
        "passed": run.passed,
        "cases": run.cases,
        "duration": run.duration,
        "source": run.source,
        "checksum": run.snapshot_id,
        "started_at": run.started_at.isoformat() if run.started_at else None,
    }
