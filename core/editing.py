"""Changes to the learner's own files: each moves what was there to `.kata/history/` first.

Whatever fails on the way, a learner's file is whole, in its place or in the history: the new files
are written out beside it before it is moved, and then only take its name.
"""

import os
import shlex
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from core.catalogue import relative
from core.errors import KataError
from core.kata import Kata
from core.source import UnreadableSource, read_source
from core.state import folder


def reset(kata: Kata) -> Path | None:
    """Put the files as shipped in place; where the learner's went, None if they were the same."""
    if not (kata.folder / "author" / "stub").is_dir():
        raise KataError(f"{kata.slug} has no author/stub to start afresh from.")
    return restore(kata, read_source(kata, "stub").files)


def restore(kata: Kata, files: dict[str, bytes]) -> Path | None:
    """Put these files in place of the learner's; None if they were the same.

    The folder that the learner's went to; it is not there if there was nothing in place.
    KataError for a file that is not the learner's to edit: they may come from anywhere.
    """
    for path in files:
        if not any(path == entry or _within(path, entry) for entry in kata.edit):
            raise KataError(f"{path} is not a file that one edits in {kata.slug}.")
    try:
        if read_source(kata).files == files:
            return None
    except UnreadableSource:
        pass  # a folder or a pipe stands there: it is moved like a file
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")
    kept = folder(f"history/{kata.slug}/{stamp}")
    try:
        with tempfile.TemporaryDirectory(prefix=".fresh-", dir=kata.folder) as fresh:
            for path, content in files.items():
                _parent(Path(fresh, path)).write_bytes(content)
            for entry in kata.edit:
                if os.path.lexists(kata.folder / entry):
                    shutil.move(kata.folder / entry, _parent(kept / entry))
            for path in files:
                Path(fresh, path).replace(_parent(kata.folder / path))
    except OSError as error:
        raise KataError(
            f"{relative(kata.folder)} cannot be changed: {error.strerror or error}.",
            hint=_where(kept),
        ) from error
    if not any(kept.iterdir()):
        kept.rmdir()  # there was nothing in place
    return kept


def _within(path: str, entry: str) -> bool:
    """Whether it lies in a folder of which all files are edited."""
    return entry.endswith("/") and path.startswith(entry) and ".." not in Path(path).parts


def _parent(path: Path) -> Path:
    """The path, in a folder that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _where(kept: Path) -> str:
    """Where the learner's files are after something failed; an empty folder of the history goes."""
    if any(kept.iterdir()):
        return f"Nothing of yours is lost: what is not in its place is in {relative(kept)}."
    kept.rmdir()
    return "Nothing was changed."


def editor_named() -> tuple[str, str]:
    """The command of the person's editor, and what names it; "" where nothing does."""
    for name in ("VISUAL", "EDITOR"):
        if command := os.environ.get(name):
            return command, name
    return ("code", "TERM_PROGRAM") if os.environ.get("TERM_PROGRAM") == "vscode" else ("", "")


def open_in_editor(paths: list[Path]) -> bool:
    """Open the files in the person's editor; False where none is named."""
    editor = editor_named()[0]
    if not editor:
        return False
    try:
        subprocess.run([*shlex.split(editor), *map(str, paths)], check=False)  # noqa: S603 - theirs
    except (OSError, ValueError) as error:
        raise KataError(
            f"The editor {editor!r} cannot be started: {error}.", hint="Set EDITOR to one that can."
        ) from error
    return True
