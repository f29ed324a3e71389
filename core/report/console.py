"""The one rich console of a command, and the marks that every screen uses."""

import os
from typing import TextIO

from rich.console import Console
from rich.text import Text

from core.verdict import Status

WIDEST = 100  # longer lines are hard to read
MARKS = {
    Status.PASSED: ("✓", "green"),
    Status.FAILED: ("✗", "red"),
    Status.ERROR: ("✗", "red"),
    Status.TIMEOUT: ("⧖", "yellow"),
    Status.UNAVAILABLE: ("–", "yellow"),
}


def console(stream: TextIO, *, color: bool | None = None) -> Console:
    """A console on a stream: 80 columns in a pipe, colour only where the stream shows it.

    `color` is what the person asked for, if anything; NO_COLOR is respected.
    """
    terminal = stream.isatty()
    found = Console(
        file=stream,
        force_terminal=color or None,
        no_color=True if color is False or not (terminal or color) else None,
        highlight=False,
        soft_wrap=False,
        width=None
        if terminal and not os.environ.get("COLUMNS")
        else int(os.environ.get("COLUMNS") or 80),
    )
    if found.width > WIDEST:
        found.width = WIDEST
    return found


def mark(status: Status) -> Text:
    return Text(*MARKS[status])
