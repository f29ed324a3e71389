"""The one log of all parts: a line holds the time, which part, and its words."""

from datetime import datetime

from rich.console import Console
from rich.text import Text

STYLES = {"web": "cyan", "worker": "green", "beat": "magenta", "broker": "yellow"}
WIDTH = max(map(len, STYLES))


class Log:
    """`broken` once nobody reads it any more: its terminal is gone."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.broken = False

    def __call__(self, part: str, words: str) -> None:
        now = datetime.now().strftime("%H:%M:%S")
        style = "red" if words.startswith(("ERROR", "CRITICAL")) else ""
        self._print(
            Text.assemble((now, "dim"), "  ", (part.ljust(WIDTH), STYLES.get(part, "")), "  ")
            + Text(words, style)
        )

    def say(self, words: str) -> None:
        """Words of the whole, to the person."""
        self._print(Text(words))

    def _print(self, text: Text) -> None:
        if self.broken:
            return
        try:
            self.console.print(text, soft_wrap=True)
        except (
            OSError,
            SystemExit,
        ):  # a terminal that is gone; a pipe, which rich leaves by itself
            self.broken = True
