"""Runs as CSV and JSON, a piece at a time: a million of them need no more memory than ten."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from core.models import Run

COLUMNS = {
    "run": "pk",
    "kata": "kata__slug",
    "track": "kata__track",
    "source": "source",
    "status": "status",
    "passed": "passed",
    "cases": "cases",
    "queries": "queries",
    "budget": "budget",
    "wait": "wait",
    "duration": "duration",
    "seed": "seed",
    "started_at": "started_at",
}
CHUNK = 2000  # rows
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Echo:
    """What csv writes to: it gives the line back."""

    def write(self, line: str) -> str:
        return line


def rows(runs: QuerySet[Run]) -> Iterator[dict[str, Any]]:
    found = runs.values_list(*COLUMNS.values()).iterator(chunk_size=CHUNK)
    for values in found:
        row = dict(zip(COLUMNS, values, strict=True))
        if row["started_at"]:
            row["started_at"] = row["started_at"].isoformat()
        yield row


def as_csv(runs: QuerySet[Run]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for row in rows(runs):
        yield writer.writerow([plain(value) for value in row.values()])


def as_json(runs: QuerySet[Run]) -> Iterator[str]:
    """One array, a run a line."""
    separator = "["
    for row in rows(runs):
        yield f"{separator}\n{json.dumps(row)}"
        separator = ","
    yield "\n]\n" if separator == "," else "[]\n"


def plain(value: Any) -> Any:
    """Text that a spreadsheet shows and does not reckon: a leading sign of a formula is quoted."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
