"""`scripts/benchmark cockpit`: how long each page of the cockpit takes with a million runs stored."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from core.catalogue import catalogue
from core.state import ROOT
from scripts.benchmarks.copies import make
from scripts.benchmarks.workspace import Broken

MOST = 0.150  # seconds of a page, at the 95th percentile
WIDTH = 100  # columns of the table in a pipe


def main(arguments: list[str]) -> int:
    asked = parser().parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="kb-"))
    try:
        before = os.getloadavg()
        report = measure(folder, asked.runs, asked.katas, asked.repeat)
        report["load"] = {"before": before[0], "after": os.getloadavg()[0]}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if asked.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        show(report)
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="scripts/benchmark cockpit", description="How long each page of the cockpit takes."
    )
    made.add_argument("--runs", type=int, default=1_000_000, help="Runs stored; else 1,000,000.")
    made.add_argument("--katas", type=int, default=1000, help="Katas in all; else 1,000.")
    made.add_argument("--repeat", type=int, default=60, help="Requests of each page; else 60.")
    made.add_argument("--json", action="store_true", help="Every number, for machines.")
    return made


def measure(folder: Path, runs: int, katas: int, repeat: int) -> dict[str, Any]:
    """The numbers as JSON values: of a process with a state and a catalogue of its own."""
    own = catalogue().katas
    made = make(folder / "more", own, max(katas, len(own)))
    for copied in made[: len(own)]:
        shutil.rmtree(copied)  # the workspace's own are in the catalogue already
    environment = os.environ | {
        "KATA_STATE": str(folder / "state"),
        "KATA_PATH": str(folder / "more"),
        "DJANGO_SETTINGS_MODULE": "core.settings",
        "DJANGO_DEBUG": "0",
    }
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "scripts.benchmarks.pages", str(runs), str(repeat)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Broken("\n".join(done.stderr.splitlines()[-12:]))
    report: dict[str, Any] = json.loads(done.stdout)
    return report | {"runs": runs, "katas": len(made), "repeat": repeat}


def show(report: dict[str, Any]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    names = ("page", "median, ms", "95 %, ms", "processor, 95 %", "queries", "")
    table = Table(*names, box=None, pad_edge=False)
    for row in report["pages"]:
        met = "met" if row["p95"] <= MOST else "not met"
        if row["processor"] <= MOST < row["p95"]:
            met = "met but for the load"
        numbers = (f"{1000 * row[name]:.0f}" for name in ("median", "p95", "processor"))
        table.add_row(row["page"], *numbers, str(row["queries"]), met)
    console.print(table)
    facts = f"{report['runs']:,} runs, {report['katas']:,} katas, {report['repeat']} requests of each page"
    load = "load {before:.1f} before and {after:.1f} after".format(**report["load"])
    console.print(
        f"\n{facts}; {load}; at most {1000 * MOST:.0f} ms. Filled in {report['filled']:.0f} s."
    )
