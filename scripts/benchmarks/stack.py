"""`scripts/benchmark stack`: what the queue does with one worker, with two, and under violence.

Real parts: PostgreSQL, Valkey or Redis that keeps its messages as the stack's does, Celery workers, beat.
The process that measures is a child, whose environment names them.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from core.errors import KataError
from core.needs.find import find_program
from core.needs.lease import lease
from core.state import ROOT
from scripts.benchmarks.workspace import Broken

PATIENCE = 180.0  # seconds for anything that is waited for
LOOK = 0.02  # seconds between two looks
BROKEN = 2


def main(arguments: list[str]) -> int:
    asked = parser().parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="kb-"))
    try:
        report = measured(folder, arguments)
    except (Broken, KataError) as error:
        sys.stderr.write(f"{error}\n")
        return BROKEN
    finally:
        Broker(folder).kill()
        shutil.rmtree(folder, ignore_errors=True)
    if asked.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        show(report)
    return 0


def measured(folder: Path, arguments: list[str]) -> dict[str, Any]:
    """The numbers as JSON values."""
    before = os.getloadavg()[0]
    Broker(folder).start()
    with contextlib.closing(lease("postgres", apps=None)) as postgres:
        environment = os.environ | {
            "KATA_STATE": str(folder / "state"),
            "KATA_SERVER": "0",
            "TMPDIR": str(folder),  # where who is killed leaves what was its own
            "DATABASE_URL": postgres.environment["POSTGRES_URL"],
            "KATA_REDIS_URL": f"unix://{folder}/s?db=0",
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "DJANGO_DEBUG": "0",
        }
        for command in (
            ["manage.py", "migrate", "-v0"],
            ["-m", "scripts.benchmarks.stack", str(folder), *arguments],
        ):
            done = subprocess.run(  # noqa: S603 - our own
                [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE
            )
            if done.returncode:
                raise Broken(f"`python {' '.join(command)}` failed.")
    load = {"before": before, "after": os.getloadavg()[0]}
    report: dict[str, Any] = json.loads(done.stdout)
    return report | {"load": load}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="scripts/benchmark stack",
        description="Runs through the queue, and what violence costs.",
    )
    made.add_argument("--runs", type=int, default=60, help="Runs of a round; else 60.")
    made.add_argument(
        "--kata", default="iterators", help="Whose solution is judged; else iterators."
    )
    made.add_argument("--repeat", type=int, default=3, help="Rounds of each kind; else 3.")
    made.add_argument("--json", action="store_true", help="Every number, for machines.")
    return made


def show(report: dict[str, Any]) -> None:
    table = Table("what", "runs", "verdicts", "lost", "again", "", box=None, pad_edge=False)
    for row in report["rows"]:
        figures = [str(row[name]) for name in ("runs", "verdicts", "lost", "again")]
        table.add_row(row["what"], *figures, row["words"])
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    console.print(table)
    load = report["load"]
    console.print(
        f"{report['repeat']} rounds of {report['runs']} runs of {report['kata']} each, "
        f"{os.cpu_count()} processors, load {load['before']:.1f} before and {load['after']:.1f} after."
    )


class Broker:
    """Valkey or Redis at a socket in the folder; its number is kept there, for whoever kills it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.pid = folder, folder / "broker.pid"

    def start(self) -> None:
        found = find_program("redis")
        if found is None or found.program is None:
            raise Broken("No Valkey or Redis is here. Run `scripts/test --version`.")
        command = [
            *(str(found.program), "--port", "0", "--unixsocket", str(self.folder / "s")),
            *("--dir", str(self.folder), "--appendonly", "yes", "--loglevel", "warning"),
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
        self.pid.write_text(str(process.pid))
        until((self.folder / "s").exists, "the broker")

    def kill(self) -> None:
        if self.pid.exists():
            os.kill(int(self.pid.read_text()), signal.SIGKILL)
            self.pid.unlink()
            (self.folder / "s").unlink(missing_ok=True)


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Broken(f"{what} did not come in {PATIENCE:.0f} s.")
        time.sleep(LOOK)


# --- in the child ---------------------------------------------------------------------------------


def measure(folder: Path, asked: argparse.Namespace) -> list[dict[str, Any]]:
    import django

    django.setup()
    from scripts.benchmarks.rounds import Rounds

    rounds = Rounds(folder, asked.kata, asked.runs)
    try:
        return [
            *(rounds.throughput(workers, asked.repeat) for workers in (1, 2)),
            rounds.broker_restarted(asked.repeat),
            rounds.worker_killed(asked.repeat),
        ]
    finally:
        rounds.close()


def child(folder: Path, asked: argparse.Namespace) -> int:
    try:
        rows = measure(folder, asked)
    except (Broken, KataError) as error:
        sys.stderr.write(f"{error}\n")
        return BROKEN
    facts = {"repeat": asked.repeat, "runs": asked.runs, "kata": asked.kata}
    sys.stdout.write(json.dumps({"rows": rows} | facts))
    return 0


if __name__ == "__main__":
    sys.exit(child(Path(sys.argv[1]), parser().parse_args(sys.argv[2:])))
