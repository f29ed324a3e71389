"""Which version of the edited files is judged, and a snapshot of their bytes.

`exercise` is the learner's own, in place; `stub`, `solution` and `wrong/<name>` are the author's;
any other folder comes by path. An entry of `edit` that ends with "/" is a folder: all its files.
"""

import difflib
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.catalogue import command, relative
from core.errors import KataError
from core.kata import Kata
from core.terminal import terminal

LARGEST = 1024 * 1024  # bytes of one edited file


class UnreadableSource(KataError):
    """An edited file is missing, or is not a file that can be read."""


@dataclass(frozen=True)
class Source:
    """`name` as the verdict shows it, `folder` that holds the files, `files` by path within it."""

    name: str
    folder: Path
    files: dict[str, bytes]
    single: Path | None = None  # the one file, where a file was named in place of a folder

    def path(self, name: str) -> Path:
        """Where one of the files lies."""
        return self.single or self.folder / name

    @property
    def checksum(self) -> str:
        """One for the same files with the same bytes: what a run is stored under."""
        digest = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            digest.update(os.fsencode(path) + f"\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()


def read_source(kata: Kata, name: str = "exercise") -> Source:
    """A snapshot of the source; KataError for an unknown name, UnreadableSource for a bad file."""
    folder = source_folder(kata, name)
    if folder.is_file():
        return Source(name, folder.parent, {kata.edit[0]: _read(folder, kata)}, single=folder)
    files: dict[str, bytes] = {}
    for entry in kata.edit:
        if entry.endswith("/"):
            inside = _inside(folder / entry, kata)
            files |= {str(path.relative_to(folder)): _read(path, kata) for path in inside}
        else:
            files[entry] = _read(folder / entry, kata)
    return Source(name, folder, files)


def source_folder(kata: Kata, name: str) -> Path:
    """Where a source lies; KataError with the names there are for one that is not there."""
    if name == "exercise":
        return kata.folder
    if name in author_sources(kata):
        return kata.folder / "author" / name
    path = terminal().path(name)
    if os.path.isdir(path) or (os.path.isfile(path) and _one_file(kata)):
        return path
    if name.startswith("wrong/") and os.path.isdir(kata.folder / "author" / name):
        raise KataError(
            f"{kata.slug} has a folder author/{name}, and kata.toml does not name it.",
            hint=f'Add to kata.toml: [[wrong]] name = "{name.rpartition("/")[2]}".',
        )
    known = ["exercise", *author_sources(kata)]
    near = difflib.get_close_matches(name, known, n=1)
    raise KataError(
        f"{kata.slug} has no source {name!r}, and no such folder is there.",
        hint=(f"Did you mean {near[0]}? " if near else "") + f"Sources: {', '.join(known)}.",
    )


def _one_file(kata: Kata) -> bool:
    return len(kata.edit) == 1 and not kata.edit[0].endswith("/")


def shipped(kata: Kata) -> dict[str, bytes]:
    """The files as shipped; none where the kata has no author/stub."""
    return read_source(kata, "stub").files if "stub" in author_sources(kata) else {}


def author_sources(kata: Kata) -> tuple[str, ...]:
    """stub, solution and every wrong answer that kata.toml names."""
    author = kata.folder / "author"
    names = ("stub", "solution", *(f"wrong/{wrong.name}" for wrong in kata.wrong))
    return tuple(name for name in names if (author / name).is_dir())


def _inside(folder: Path, kata: Kata) -> Iterator[Path]:
    if not os.path.isdir(folder):
        problem = "is not a folder" if os.path.lexists(folder) else "is missing"
        raise _unreadable(folder, problem, kata)
    for path in sorted(folder.rglob("*")):
        if "__pycache__" not in path.parts and not path.is_dir():
            yield path


def _read(path: Path, kata: Kata) -> bytes:
    """The bytes of a regular file. A FIFO or a device would block the reader, so look first."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            found = os.fstat(file.fileno())
            if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST:
                return file.read(LARGEST)
            problem = "is larger than 1 MiB" if stat.S_ISREG(found.st_mode) else "is not a file"
    except FileNotFoundError:
        problem = "is missing"
    except IsADirectoryError:
        problem = "is a folder, not a file"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    raise _unreadable(path, problem, kata)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _unreadable(path: Path, problem: str, kata: Kata) -> UnreadableSource:
    if kata.folder in path.parents and kata.folder / "author" not in path.parents:
        run = f"{command()} {kata.slug} --reset"
        hint = f"Run `{run}` for a fresh one; what stands there is moved to .kata/history."
    else:
        hint = f"A source of {kata.slug} holds: {', '.join(kata.edit)}."
    return UnreadableSource(f"{relative(path)} {problem}.", hint=hint)
