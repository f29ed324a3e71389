"""A verdict to look at, and a kata that may be edited: for the pages' tests, with a browser or not."""

import shutil
import uuid
from pathlib import Path

from core.kata import Kata
from core.verdict import Case, Line, Measurement, Point, Problem, Shape, Status, Task, Verdict
from tests.conftest import ROOT

SELECT = ROOT / "katas" / "orm" / "select_related"


def copy_kata(root: Path, slug: str, *, title: str = "") -> Path:
    """The folder of a copy of a real kata, in `root`, under another name."""
    folder = root / "orm" / slug
    shutil.copytree(SELECT, folder)
    shutil.rmtree(folder / "management")
    toml = (folder / "kata.toml").read_text()
    toml = toml.replace("a2e1c7f0-6f0b-4a53-9f3d-0d4c5c1f7c11", str(uuid.uuid4()))
    if title:
        toml = toml.replace("Follow foreign keys in one query", title)
    (folder / "kata.toml").write_text(toml)
    return folder


def verdict(
    kata: Kata,
    status: str = "failed",
    *,
    source: str = "exercise",
    queries: int = 41,
    words: str = "",
    output: str = "",
) -> Verdict:
    """A verdict with a case of each sort: over budget, growing, wrong, passed; `words` everywhere."""
    shape = Shape(f"SELECT … FROM orders WHERE id = %s{words}", "exercise.py:14", 10, 0.002)
    points = tuple(Point(size, size * 4 + 1, 0.001 * size) for size in (1, 4, 16, 64))
    over = Problem(
        "OverBudget",
        "exercise.py:14 asked 10 times",
        call=f"packing_list(10){words}",
        got=f"{queries} queries{words}",
        expected="at most 1 query",
    )
    wrong = Problem(
        "TypeError",
        f"'NoneType' is not iterable{words}",
        lines=(Line("exercise.py", 3, "titles", f"for title in None:  # {words}"),),
    )
    good = Status(status) is Status.PASSED
    cost = Measurement("queries", "packing_list(10)", 1 if good else queries, 1, (shape,))
    grows = Measurement("queries", "packing_list(size)", 257, None, (shape,), points)
    cases = (
        Case("One::test_a_0_ten", 1, Status(status), None if good else over, (cost,), output),
        Case("One::test_a_list_grows", 1, Status(status), None if good else over, (grows,)),
        Case("Two::test_titles", 2, Status(status), None if good else wrong),
        Case("Three::test_fine", 3, Status.PASSED),
    )
    tasks = tuple(
        Task(number, title + words, Status(status) if number < 3 else Status.PASSED)
        for number, title in enumerate(kata.tasks, 1)
    )
    problem = None
    if Status(status) in (Status.ERROR, Status.TIMEOUT):
        problem = Problem("SyntaxError", f"invalid syntax{words}", hint="Mend it.")
    return Verdict(
        kata.slug,
        kata.uuid,
        source,
        "",
        Status(status),
        7,
        tasks,
        cases,
        problem,
        output,
        duration=1.5,
    )
