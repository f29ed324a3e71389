"""Who is at the other end: the person's own terminal, or one that the background server speaks for."""

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

NARROWEST = 20  # columns
PASSED_ON = ("COLUMNS", "NO_COLOR", "TERM", "KATA_COMMAND")


@dataclass(frozen=True)
class Terminal:
    """What a screen depends on. `columns` is None where nobody said."""

    command: str
    columns: int | None
    color: bool
    folder: Path

    def path(self, text: str) -> Path:
        """A path as it was typed there."""
        path = Path(text)
        with contextlib.suppress(RuntimeError):  # ~somebody who has no home here
            path = path.expanduser()
        return self.folder / path


_OTHER: ContextVar[Terminal | None] = ContextVar("terminal", default=None)


def terminal() -> Terminal:
    """The one that the current thread writes for."""
    return _OTHER.get() or described(os.environ, Path.cwd())


@contextlib.contextmanager
def speaking_for(other: Terminal) -> Iterator[None]:
    token = _OTHER.set(other)
    try:
        yield
    finally:
        _OTHER.reset(token)


def described(environment: "os._Environ[str] | dict[str, str]", folder: Path) -> Terminal:
    columns = environment.get("COLUMNS", "")
    wide = columns.isdecimal() and int(columns) >= NARROWEST
    return Terminal(
        command=environment.get("KATA_COMMAND") or "python manage.py kata",
        columns=int(columns) if wide else None,
        color=not environment.get("NO_COLOR") and environment.get("TERM") != "dumb",
        folder=folder,
    )
