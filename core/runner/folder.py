"""The run folder: a private copy of the kata with one source laid on top, imported as its package."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalogue import relative
from core.errors import KataError
from core.kata import Kata
from core.source import Source

# What the child does not need: the answers, the words, what Python left.
LEFT_OUT = shutil.ignore_patterns("author", "__pycache__", "*.md", "*.pyc", ".*")


@dataclass(frozen=True)
class RunFolder:
    path: Path  # first entry of the child's sys.path
    package: Path  # the kata's own folder in it
    kata: Kata
    source: Source

    @property
    def output(self) -> Path:
        return self.path / "output"

    def translate(self, text: str) -> str:
        """Paths of the run folder as the person knows them."""
        if str(self.path) not in text:
            return text
        for name in self.source.files:
            text = text.replace(str(self.package / name), relative(self.source.path(name)))
        text = text.replace(str(self.package), relative(self.kata.folder))
        return text.replace(f"{self.path}/", "").replace(str(self.path), ".")


@contextlib.contextmanager
def run_folder(kata: Kata, source: Source) -> Iterator[RunFolder]:
    """A folder that is there for one run; KataError where it cannot be made."""
    folder = _make(kata, source)
    try:
        yield folder
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)


def _make(kata: Kata, source: Source) -> RunFolder:
    path = None
    try:
        path = Path(tempfile.mkdtemp(prefix="kata-")).resolve()
        return _fill(path, kata, source)
    except (OSError, shutil.Error) as error:
        if path:
            shutil.rmtree(path, ignore_errors=True)
        reason = getattr(error, "strerror", None) or str(error)
        parent = os.environ.get("TMPDIR") or "the temporary folder"
        raise KataError(
            f"The run folder in {parent} cannot be written: {reason}.",
            hint="Free some space there, or name another folder with TMPDIR=/a/folder.",
        ) from error


def _fill(path: Path, kata: Kata, source: Source) -> RunFolder:
    package = path.joinpath(*kata.package.split("."))
    shutil.copytree(kata.folder, package, ignore=_ignore(kata), symlinks=True)
    for folder in (package, package.parent, package.parent.parent):
        (folder / "__init__.py").touch()
    for name, content in source.files.items():
        target = package / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (path / "tmp").mkdir()
    return RunFolder(path, package, kata, source)


def _ignore(kata: Kata) -> Callable[[Any, list[str]], set[str]]:
    edited = {str(kata.folder / entry) for entry in kata.edit}

    def ignore(folder: Any, names: list[str]) -> set[str]:
        mine = {name for name in names if str(Path(folder, name)) in edited}
        return LEFT_OUT(folder, names) | mine

    return ignore
