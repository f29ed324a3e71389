"""The runs of a kata, newest first."""

import json
from datetime import datetime

from django.utils import timezone
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.catalogue import command
from core.judge.queries import counted
from core.kata import Kata
from core.models import Run
from core.practice.predictions import Predicted
from core.report.console import mark
from core.verdict import Status


def show_history(
    console: Console,
    kata: Kata,
    runs: list[Run],
    predicted: Predicted | None = None,
    *,
    as_json: bool,
) -> None:
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
            Text(_local(run.started_at), "dim"),
        )
    console.print(table)
    if predicted:
        console.print(_foresight(predicted), markup=False, soft_wrap=True)
    console.print(f"The file of a run again: {command()} {kata.slug} --reset RUN", soft_wrap=True)


def _foresight(predicted: Predicted) -> str:
    said = f"You said {counted(predicted.said)} for {predicted.call}, and it sent {predicted.sent}."
    if predicted.made == 1:
        return said
    return f"{said} Of {predicted.made} predictions {predicted.right} were right."


def _local(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


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
