"""The screen of `kata_doctor`: what is here, and what to type for what is not."""

import textwrap

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.doctor.examination import Background, Editor, Examination, Need, Watching
from core.doctor.machine import Sandbox, Space
from core.doctor.packages import Packages
from core.needs.find import NAMES
from core.report.console import mark
from core.verdict import Status

GIB = 1024**3
MOST = 5  # packages that are named
WIDE = "\N{NO-BREAK SPACE}"  # stands for a space that no line ends at


def show(console: Console, found: Examination) -> None:
    console.print(_needs(found.needs))
    for need in found.needs:
        if not need.ready:
            console.print()
            _advise(console, need)
    console.print()
    console.print(_machine(found))
    console.print()
    for reason in found.unread:
        _paragraph(console, f"Not looked at: {reason}")
    _summary(console, found.missing)


def _needs(needs: tuple[Need, ...]) -> Table:
    table = _grid()
    for need in needs:
        status = Status.PASSED if need.ready else Status.UNAVAILABLE
        if not need.ready and need.katas:
            status = Status.FAILED
        state = "ready" if need.ready else "missing" if need.where == "missing" else "not ready"
        if need.seconds is not None:
            state = f"started in {need.seconds:.2f} s"
        where = "" if need.where == "missing" else need.where
        table.add_row(
            Text.assemble(mark(status), " ", (NAMES[need.name], "bold")),
            Text(need.version),
            Text(where, "dim"),
            Text(state),
            Text(_of(need), "dim"),
        )
    return table


def _of(need: Need) -> str:
    count = len(need.katas)
    return f"{count} kata{'s need' if count > 1 else ' needs'} it" if count else "no kata needs it"


def _advise(console: Console, need: Need) -> None:
    reason = need.problem.rstrip(".")
    if not reason.startswith(NAMES[need.name]):
        reason = f"{NAMES[need.name]}: {reason}"
    _paragraph(console, f"{reason}.", style="bold")
    _paragraph(console, need.hint)


def _paragraph(console: Console, text: str, style: str = "") -> None:
    """Wrapped between words; what stands between backticks is typed, and stays whole."""
    typed = text.split("`")
    typed[1::2] = [each.replace(" ", WIDE) for each in typed[1::2]]
    for line in textwrap.wrap(
        "`".join(typed),
        console.width - 1,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    ):
        console.print(Text(line.replace(WIDE, " "), style), soft_wrap=True)


def _machine(found: Examination) -> Table:
    table = _grid()
    rows = [
        ("Python", found.python),
        ("Django", found.django),
        ("packages", _packages(found.packages)),
        ("editor", _editor(found.editor)),
        *((f"{each.name} folder", _space(each)) for each in found.spaces),
        ("--watch", _watching(found.watching)),
        ("sandbox", _sandbox(found.sandbox)),
        ("fork", "available" if found.fork else "not available: no kata can be run"),
        ("server", _server(found.server)),
    ]
    for name, words in rows:
        table.add_row(Text(name, "bold"), Text(words, overflow="fold"))
    return table


def _packages(found: Packages) -> str:
    if not found.differ:
        return f"all {found.locked} as in requirements.txt"
    named = [
        f"{each.name} {each.installed or 'missing'} ({each.locked})" for each in found.differ[:MOST]
    ]
    more = len(found.differ) - MOST
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"{len(found.differ)} of {found.locked} differ from requirements.txt: "
        f"{', '.join(named)}{rest}. Run `python -m pip install -r requirements.txt`"
    )


def _editor(found: Editor) -> str:
    if not found.command:
        return "none: `export EDITOR=nano`, or another"
    missing = "" if found.found else ", which is not on the PATH"
    return f"{found.command} by {found.named_by}{missing}"


def _space(found: Space) -> str:
    free = found.problem or f"{found.free / GIB:.1f} GiB free"
    return f"{free} in {found.folder}"


def _watching(found: Watching) -> str:
    return f"{found.mode}: {found.reason}" if found.reason else found.mode


def _sandbox(found: Sandbox) -> str:
    bounded = {"rlimits": "runs are bounded by rlimits", "none": "rlimits cannot be set here"}
    landlock = f"available (version {found.landlock})" if found.landlock else "not available"
    return (
        f"{bounded[found.level]}, which keep nothing secret. Not used: "
        f"Landlock, {landlock}; bubblewrap, {found.bubblewrap}"
    )


def _server(found: Background) -> str:
    if not found.running:
        return "not running: the next run starts it"
    return f"running, process {found.pid}" if found.pid else "running"


def _summary(console: Console, missing: tuple[Need, ...]) -> None:
    for need in missing:
        verb = "needs" if len(need.katas) == 1 else "need"
        text = f"{', '.join(need.katas)} {verb} {NAMES[need.name]}."
        _paragraph(console, f"Not ready: {text}")
    if not missing:
        console.print("Everything is here that the katas need.")


def _grid() -> Table:
    return Table.grid(padding=(0, 2, 0, 0))
