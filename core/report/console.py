"""The one rich console of a command, and the marks that every screen uses."""

from typing import TextIO

from rich.console import Console
from rich.text import Text

from core.terminal import terminal
from core.verdict import Status

WIDEST = 100  # columns; longer lines are hard to read
MARKS = {
    Status.PASSED: ("✓", "green"),
    Status.FAILED: ("✗", "red"),
    Status.ERROR: ("✗", "red"),
    Status.TIMEOUT: ("⧖", "yellow"),
    Status.UNAVAILABLE: ("–", "yellow"),
}


PLAIN = str.maketrans(
    {"✓": "+", "✗": "x", "⧖": "x", "–": "-", "·": "-", "─": "-", "━": "=", "…": "...", "›": ">"}
    | {"░": ".", "▒": ":", "▓": "+", "█": "#"}
)


class PlainStream:
    """A stream that cannot encode our marks, given letters in their place."""

    def __init__(self, stream: TextIO, encoding: str) -> None:
        self.stream = stream
        self.encoding = encoding

    def write(self, text: str) -> int:
        plain = text.translate(PLAIN).encode(self.encoding, errors="replace")
        return self.stream.write(plain.decode(self.encoding))

    def flush(self) -> None:
        self.stream.flush()

    def isatty(self) -> bool:
        return self.stream.isatty()

    def fileno(self) -> int:
        return self.stream.fileno()


def console(stream: TextIO, *, color: bool | None = None) -> Console:
    """A console on a stream: 80 columns in a pipe, colour only where the stream shows it.

    `color` is what the person asked for, if anything; NO_COLOR is respected.
    """
    here = terminal()
    shown = stream.isatty()
    encoding = getattr(stream, "encoding", None) or "utf-8"
    plain = not encoding.lower().replace("-", "").startswith("utf")
    colored = here.color and (shown if color is None else color)
    found = Console(
        file=PlainStream(stream, encoding) if plain else stream,  # type: ignore[arg-type]
        force_terminal=shown or bool(color),
        color_system="standard" if colored else None,
        no_color=not colored,
        highlight=False,
        width=here.columns or (None if shown else 80),
    )
    found.width = min(found.width, WIDEST)
    return found


def mark(status: Status) -> Text:
    return Text(*MARKS[status])
