"""Rules on a kata's folder: its name, its files, and that it is committed as it is shipped."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.core.management import get_commands

from core.catalogue import folders, relative
from core.check.finding import Finding, finding
from core.kata import Kata
from core.source import UnreadableSource, read_source

# What a kata's folder may hold beside the files that the learner edits.
FILES = (
    *("__init__.py", "kata.toml", "README.md", "hints.md", "tests.py", "lab.py", "why.md"),
    "questions.md",
)
# Support that the topic may bring: modules and these folders.
FOLDERS = (
    *("templates", "static", "locale", "migrations", "fixtures", "data", "management"),
    *("templatetags", "author"),
)
AUTHOR = ("stub", "solution", "wrong", "cases.json")
TODO = "TODO(author): "  # begins what `kata_new` leaves to be written, up to the end of the line


def check_files(kata: Kata, *, optional: bool) -> Iterator[Finding]:
    yield from _name(kata)
    yield from _after(kata)
    yield from _stray(kata)
    yield from _todo(kata)
    if not (kata.folder / "tests.py").is_file():
        yield finding(kata, "tests.py", "files", "the file is missing", "Write tests.py.")
    for name in ("stub", "solution", *(f"wrong/{wrong.name}" for wrong in kata.wrong)):
        if not (kata.folder / "author" / name).is_dir():
            if name in ("stub", "solution") and optional:
                continue
            fix = f"Put the edited files there, or take the name out of {relative(kata.folder)}/kata.toml."
            yield finding(kata, f"author/{name}", "files", "the folder is missing", fix)
    named = {wrong.name for wrong in kata.wrong}
    for path in sorted((kata.folder / "author" / "wrong").glob("*")):
        if path.name not in named:
            fix = f"Describe it in kata.toml: [[wrong]] with name = {path.name!r}."
            yield finding(
                kata, f"author/wrong/{path.name}", "files", "kata.toml does not name it", fix
            )
    least = 2 if kata.level == 1 else 3
    if len(kata.wrong) < least and not optional:
        message = f"it has {len(kata.wrong)} wrong answers, level {kata.level} wants {least}"
        yield finding(kata, "kata.toml", "wrong", message, "Add plausible mistakes as [[wrong]].")
    demo = f"management/commands/{kata.slug}.py"
    if not optional and not (kata.folder / demo).is_file():
        fix = "Write three lines over core.demo.DemoCommand."
        yield finding(kata, demo, "files", "the demo is missing", fix)
    if (kata.folder / "author" / "stub").is_dir():
        yield from _committed(kata)


def _name(kata: Kata) -> Iterator[Finding]:
    for what in collisions(kata.slug):
        message = f"{kata.slug!r} is also the name of {what}"
        yield finding(kata, "", "name", message, "Rename the folder and the demo command.")


def collisions(slug: str) -> Iterator[str]:
    """What else has this name: the slug is also an app, a command and an address."""
    taken = {
        "a Django command": set(get_commands()),
        "an installed app": {config.label for config in apps.get_app_configs()},
        "a standard module": set(sys.stdlib_module_names),
    }
    yield from (what for what, names in taken.items() if slug in names)


def _after(kata: Kata) -> Iterator[Finding]:
    if kata.slug in kata.after:
        yield finding(
            kata, "kata.toml", "after", "it comes after itself", "Take it out of `after`."
        )
    known = {folder.name for folder in folders()} if kata.after else set()
    for slug in sorted(set(kata.after) - known):
        fix = "Write the slug of a kata, or take it out of `after`."
        yield finding(kata, "kata.toml", "after", f"there is no kata {slug!r}", fix)


def _stray(kata: Kata) -> Iterator[Finding]:
    for path in sorted(kata.folder.iterdir()):
        edited = any(entry.rstrip("/").split("/")[0] == path.name for entry in kata.edit)
        module = path.is_file() and path.suffix == ".py"
        if path.name in ("__pycache__", *FILES) or edited or module:
            continue
        if path.is_dir() and path.name in FOLDERS:
            continue
        fix = "Delete it, or put it where a kata keeps such files: data/."
        yield finding(kata, path.name, "stray", "a kata has no such file", fix)
    for path in sorted((kata.folder / "author").glob("*")):
        if path.name not in AUTHOR:
            fix = f"Delete it: the author's are {', '.join(AUTHOR)}."
            yield finding(kata, f"author/{path.name}", "stray", "a kata has no such file", fix)
    for name in ("stub", "solution", *(f"wrong/{wrong.name}" for wrong in kata.wrong)):
        folder = kata.folder / "author" / name
        if not folder.is_dir():
            continue
        try:
            expected = set(read_source(kata, name).files)
        except UnreadableSource as error:
            yield finding(
                kata, f"author/{name}", "files", error.message, "Put the edited files there."
            )
            continue
        for path in sorted(folder.rglob("*")):
            inside = str(path.relative_to(folder))
            if path.is_file() and "__pycache__" not in path.parts and inside not in expected:
                fix = "Delete it, or name it in `edit` of kata.toml."
                yield finding(
                    kata, f"author/{name}/{inside}", "stray", "it is not an edited file", fix
                )


def _todo(kata: Kata) -> Iterator[Finding]:
    """Each file that still says what to write, with the first that it says."""
    for path in sorted(kata.folder.rglob("*")):
        shipped = kata.folder / "author" / "stub" / path.relative_to(kata.folder)
        if path.is_file() and "__pycache__" not in path.parts and not shipped.exists():
            text = path.read_text(encoding="utf-8", errors="replace")
            if found := re.findall(re.escape(TODO) + r'([^".\n]*)', text):
                more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
                name = str(path.relative_to(kata.folder))
                message = f"to be written: {found[0]}{more}"
                fix = f"Write it, and take {TODO.strip()} out."
                yield finding(kata, name, "todo", message, fix)


def _committed(kata: Kata) -> Iterator[Finding]:
    """The files equal the stub as committed, or as an author is about to commit them.

    What a learner changes in them after that is theirs.
    """
    try:
        stub = read_source(kata, "stub").files
    except UnreadableSource:
        return  # said already
    for name, content in stub.items():
        path = kata.folder / name
        if content not in (_committed_bytes(path), _bytes(path)):
            fix = f"Copy it: `cp {relative(kata.folder)}/author/stub/{name} {relative(path)}`, commit."
            yield finding(kata, name, "shipped", "as committed it is not the stub", fix)


def _committed_bytes(path: Path) -> bytes | None:
    """The bytes of a file as committed; None where git, or that file in it, is not there."""
    try:
        found = subprocess.run(  # noqa: S603
            ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"],  # noqa: S607
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return found.stdout if found.returncode == 0 else None


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
