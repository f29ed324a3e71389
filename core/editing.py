"""Changes to the learner's own files: each moves what was there to `.kata/history/` first."""

import os
import shlex
import shutil
import subprocess
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
    """Put these files in place of the learner's; where the learner's went, None if they were the same."""
    try:
        if read_source(kata).files == files:
            return None
    except UnreadableSource:
        pass  # a folder or a pipe stands there: it is moved like a file
    try:
        kept = _move(kata)
        for path, content in files.items():
            target = kata.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(f".{target.name}.partial")
            partial.write_bytes(content)
            partial.replace(target)
    except OSError as error:
        raise KataError(
            f"{relative(Path(error.filename or kata.folder))} cannot be written: {error.strerror}.",
            hint="Nothing of yours is lost: see .kata/history.",
        ) from error
    return kept


def _move(kata: Kata) -> Path:
    """Move the edited files to a folder of their own in the history."""
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")
    kept = folder(f"history/{kata.slug}/{stamp}")
    for entry in kata.edit:
        path = kata.folder / entry
        if path.exists() or path.is_symlink():
            target = kept / entry
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
    return kept


def open_in_editor(paths: list[Path]) -> bool:
    """Open the files in the person's editor; False where none is named."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor and os.environ.get("TERM_PROGRAM") == "vscode":
        editor = "code"
    if not editor:
        return False
    try:
        subprocess.run([*shlex.split(editor), *map(str, paths)], check=False)  # noqa: S603 - theirs
    except (OSError, ValueError) as error:
        raise KataError(
            f"The editor {editor!r} cannot be started: {error}.", hint="Set EDITOR to one that can."
        ) from error
    return True
