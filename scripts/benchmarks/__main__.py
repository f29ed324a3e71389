"""`scripts/benchmark`: measure, then one table. The words and the targets are in docs/speed.md."""

import argparse
import contextlib
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from core.errors import KataError
from scripts.benchmarks import cockpit, stack
from scripts.benchmarks.bench import MEASURES, Bench, Row, Sizes
from scripts.benchmarks.pairs import spread
from scripts.benchmarks.workspace import Broken

WIDTH = 120  # columns of the table in a pipe
BROKEN = 2


def main() -> int:
    if sys.argv[1:2] == ["cockpit"]:
        return cockpit.main(sys.argv[2:])
    if sys.argv[1:2] == ["stack"]:
        return stack.main(sys.argv[2:])
    arguments = parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left behind
    tell = Console(stderr=True)
    folder = Path(tempfile.mkdtemp(prefix="kb-"))  # short: a socket's path has its limit
    try:
        report = measure(arguments, folder, tell)
    except (Broken, KataError) as error:
        tell.print(str(error), markup=False, soft_wrap=True)
        return BROKEN
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        show(report)
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="How long things take, as ratios of one run.",
        epilog="`scripts/benchmark cockpit --help`: how long the pages take. "
        "`scripts/benchmark stack --help`: runs through the queue.",
    )
    made.add_argument(
        "measures", nargs="*", metavar="MEASURE", help=f"Of: {', '.join((*MEASURES, 'phases'))}."
    )
    made.add_argument("--repeat", type=_number, default=0, help="Pairs to measure; else 15.")
    made.add_argument("--quick", action="store_true", help="3 pairs: an impression in a minute.")
    made.add_argument(
        "--bare",
        action="store_true",
        help="Compare with a project of contenttypes and auth, not of what startproject installs.",
    )
    made.add_argument("--json", action="store_true", help="Every number, for machines.")
    for name, value in vars(Sizes()).items():
        made.add_argument(f"--{name}", type=_number, default=value, help=f"Katas; else {value}.")
    return made


def _number(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


_number.__name__ = "number"  # argparse names the type in its message


def measure(arguments: argparse.Namespace, folder: Path, tell: Console) -> dict[str, Any]:
    """The numbers as JSON values."""
    wanted = arguments.measures or [*MEASURES, "phases"]
    unknown = [name for name in wanted if name not in (*MEASURES, "phases")]
    if unknown:
        raise Broken(f"There is no measure {unknown[0]!r}: {', '.join((*MEASURES, 'phases'))}.")
    repeat = arguments.repeat or (3 if arguments.quick else 15)
    sizes = Sizes(arguments.few, arguments.installed, arguments.many)
    before = os.getloadavg()
    with _doing(tell, f"making {sizes.installed} katas"):
        bench = Bench(folder, sizes, repeat=repeat, bare=arguments.bare)
    for words in bench.left_out:
        tell.print(words, markup=False)
    rows: list[Row] = []
    for name in MEASURES:
        if name in wanted:
            with _doing(tell, name):
                rows += MEASURES[name](bench)
    phases = {}
    if "phases" in wanted:
        with _doing(tell, "phases"):
            phases = bench.phases()
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load": {"before": before[0], "after": os.getloadavg()[0]},
        "repeat": repeat,
        "bare": arguments.bare,
        "sizes": vars(sizes),
        "katas": {
            "bookshop": [kata.slug for kata in bench.shop],
            "plain": [kata.slug for kata in bench.plain],
        },
        "rows": [_row(row) for row in rows],
        "phases": phases,
    }


def _doing(tell: Console, what: str) -> contextlib.AbstractContextManager[object]:
    """A spinner on a terminal, nothing in a pipe."""
    return tell.status(f"{what} …") if tell.is_terminal else contextlib.nullcontext()


def _row(row: Row) -> dict[str, Any]:
    ratio, seconds = row.pairs.ratio, spread(row.pairs.a)
    met = [
        found.median <= most
        for found, most in ((ratio, row.most_ratio), (seconds, row.most_seconds))
        if most is not None
    ]
    return {
        "what": row.what,
        "seconds": vars(seconds),
        "against": row.against,
        "against_seconds": vars(spread(row.pairs.b)),
        "ratio": vars(ratio),
        "most_ratio": row.most_ratio,
        "most_seconds": row.most_seconds,
        "met": all(met) if met else None,
        "pairs": vars(row.pairs),
    }


def show(report: dict[str, Any]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    table = Table("what", "s", "against", "s", "ratio", "at most", "", box=None, pad_edge=False)
    for row in report["rows"]:
        limits = [f"{row['most_ratio']:g}"] if row["most_ratio"] else []
        limits += [f"{row['most_seconds']:g} s"] if row["most_seconds"] else []
        table.add_row(
            row["what"],
            f"{row['seconds']['median']:.3f}",
            row["against"],
            f"{row['against_seconds']['median']:.3f}",
            "{median:.3f} ({low:.3f}–{high:.3f})".format(**row["ratio"]),
            ", ".join(limits),
            {True: "met", False: "not met", None: ""}[row["met"]],
        )
    if report["rows"]:
        console.print(table)
        console.print("\nMedians; ratios are of pairs in turn, with quartiles in brackets.")
    for what, phases in report["phases"].items():
        parts = ", ".join(f"{name} {1000 * seconds:.1f}" for name, seconds in phases.items())
        console.print(f"One warm verdict of a {what}, ms: {parts}.", soft_wrap=True)
    load = report["load"]
    facts = [
        f"{report['repeat']} pairs",
        *(["a bare project"] if report["bare"] else []),
        f"Python {report['python']}",
        f"{report['processors']} processors",
        f"load {load['before']:.1f} before and {load['after']:.1f} after",
    ]
    console.print(f"{', '.join(facts)}.", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
