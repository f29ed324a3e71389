"""A verdict in words for a terminal: tasks, what went wrong, and what to do next."""

import re
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from core.catalogue import command, relative
from core.kata import Kata
from core.report.console import mark
from core.verdict import Case, Line, Problem, Status, Verdict

STYLE = {
    Status.PASSED: "green",
    Status.FAILED: "red",
    Status.ERROR: "red",
    Status.TIMEOUT: "yellow",
    Status.UNAVAILABLE: "yellow",
}
MOST_OUTPUT_LINES = 12


def show(console: Console, kata: Kata, verdict: Verdict, *, full: bool = False) -> None:
    """Print the verdict. The first case that failed in each task comes in full, others in a line."""
    heading = Table.grid(expand=True)
    heading.add_column()
    heading.add_column(justify="right", style="dim", no_wrap=True)
    title = Text.assemble((kata.slug, "bold"), "  ", kata.title)
    heading.add_row(title, f"{kata.track} · level {kata.level}")
    console.print(heading)
    console.print(Rule(style="dim"))
    for task in verdict.tasks:
        _task(console, verdict, task.number, full)
    if verdict.problem:
        console.print()
        _problem(console, verdict.problem, indent=0)
    if verdict.output and verdict.problem:
        _output(console, verdict.output)
    console.print(Rule(style="dim"))
    console.print(summary(verdict))


def summary(verdict: Verdict) -> Text:
    """One line: status, cases, time, and what replays the run."""
    text = mark(verdict.status)
    text.append(f" {verdict.status}", style=f"bold {STYLE[verdict.status]}")
    if verdict.cases:
        text.append(f" · {verdict.passed} of {len(verdict.cases)} cases pass")
    if verdict.duration:
        text.append(f" · {verdict.duration:.1f} s")
    if verdict.source != "exercise":
        text.append(f" · source {verdict.source}")
    text.append(f" · seed {verdict.seed}", style="dim")
    return text


def _task(console: Console, verdict: Verdict, number: int, full: bool) -> None:
    task = verdict.tasks[number - 1]
    cases = [case for case in verdict.cases if case.task == number]
    row = Table.grid(expand=True)
    row.add_column()
    row.add_column(justify="right", style="dim", no_wrap=True)
    done = sum(case.status is Status.PASSED for case in cases)
    counts = f"{done} of {len(cases)}" if cases else "not run"
    if task.status is Status.PASSED and (cost := costs(cases)):
        counts = f"{cost} · {counts}"
    state = mark(task.status) if cases else Text("·", "dim")
    row.add_row(Text.assemble(state, f" {number}  {task.title}"), counts)
    console.print(row)
    # When the run as a whole went wrong, cases without a result have nothing to add.
    bad = [c for c in cases if c.problem and c.problem.kind != "missing"]
    for position, case in enumerate(bad):
        in_full = full or position == 0
        words = label(case.id) if in_full else brief(case)
        _indented(console, 5, Text.assemble(mark(case.status), f" {words}"))
        if in_full and case.problem:
            _problem(console, case.problem, indent=7)
            if case.output:
                _output(console, case.output)
    if full:
        for case in cases:
            if case.status is Status.PASSED:
                _passed(console, case)


def _passed(console: Console, case: Case) -> None:
    costs = [f"{m.value:g} {m.name}" for m in case.measurements]
    text = Text.assemble(mark(case.status), f" {label(case.id)}  ", (", ".join(costs), "dim"))
    _indented(console, 5, text)


def _problem(console: Console, problem: Problem, *, indent: int) -> None:
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    for name in ("call", "got", "expected"):
        if value := getattr(problem, name):
            rows.add_row(name, Text(value))
    if rows.row_count:
        _indented(console, indent, rows)
    message = problem.message
    if not problem.call and problem.kind[:1].isupper():
        message = f"{problem.kind}: {message}".rstrip(": ")
    for line in filter(None, message.split("\n")):
        _indented(console, indent, Text(line))
    for place in _places(problem):
        _indented(console, indent, place)
    if problem.hint:
        _indented(console, indent, Text(problem.hint))


def _places(problem: Problem) -> Iterator[Text]:
    """The learner's lines; where there are none and the words say little, the test's."""
    for line in problem.lines:
        yield _place(line)
    if not problem.lines and not problem.call and problem.test:
        yield _place(problem.test)


def _place(line: Line) -> Text:
    return Text.assemble((f"{line.path}:{line.line}", "cyan"), f"  {line.code.strip()}")


def _output(console: Console, output: str) -> None:
    lines = output.rstrip("\n").split("\n")
    more = len(lines) - MOST_OUTPUT_LINES
    _indented(console, 7, Text("printed", "dim"))
    for line in lines[:MOST_OUTPUT_LINES]:
        _indented(console, 9, Text(line))
    if more > 0:
        _indented(console, 9, Text(f"… {more} lines more", "dim"))


def _indented(console: Console, columns: int, what: RenderableType) -> None:
    console.print(Padding(what, (0, 0, 0, columns), expand=False))


def costs(cases: list[Case]) -> str:
    """The dearest call of the cases against its budget, such as "1 query, budget 1"."""
    found = [each for case in cases for each in case.measurements if each.limit is not None]
    if not found:
        return ""
    most = max(found, key=lambda each: (each.limit or 0, each.value))
    name = most.name if most.value != 1 else {"queries": "query"}.get(most.name, most.name)
    return f"{most.value:g} {name}, budget {most.limit:g}"


def label(case_id: str) -> str:
    """`Class::test_new_lines_1_ten [file]` as words: `new lines · ten [file]`."""
    name = case_id.rpartition("::")[2].removeprefix("test_")
    name, _, rest = name.partition("[")
    name = re.sub(r"_\d+_(.+)$", r" · \1", name.strip()).replace("_", " ").strip()
    return f"{name} [{rest}" if rest else name


def brief(case: Case) -> str:
    """A case that went wrong, in a line."""
    problem = case.problem or Problem("", "")
    if problem.call:
        why = f"{problem.got}, expected {problem.expected}"
        if len(why) > 100:
            why = "not as expected"
    else:
        why = problem.kind if problem.kind[:1].isupper() else problem.message
    return f"{label(case.id)}: {why}"


def next_steps(kata: Kata, verdict: Verdict, following: str | None) -> list[str]:
    """What to do now, one sentence a line, with the exact command."""
    run = f"{command()} {kata.slug}"
    if verdict.source != "exercise":
        return [f"That was {verdict.source}. Your own file: {run}"]
    if verdict.status is Status.PASSED:
        steps = []
        if (kata.folder / "why.md").is_file():
            steps.append(f"Why this way, and what else: {run} --why")
        if following:
            steps.append(f"Next kata: {command()} {following}")
        return steps
    if verdict.status is Status.UNAVAILABLE:
        return [f"Then run it again: {run}"]
    if verdict.problem and verdict.problem.kind in ("tests", "unreadable"):
        return [f"Then run it again: {run}"]
    edit = ", ".join(relative(kata.folder / name) for name in kata.edit)
    steps = [f"Edit {edit} and run it again: {run}"]
    if (kata.folder / "hints.md").is_file():
        steps.append(f"Stuck? {run} --hint")
    return steps
