"""A root of many katas: the workspace's own, solved, and copies of them under new names."""

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from core.kata import Kata


def together(kata: Kata) -> bool:
    """Whether a plain project can install it beside others: it asks for no settings and no server."""
    special = kata.settings or kata.settings_add or kata.needs or kata.build != "models"
    return not special and kata.databases in (("none",), ("memory",))


def make(root: Path, katas: Sequence[Kata], total: int) -> list[Path]:
    """The folders of `total` katas: these, then copies of those that can be installed together.

    The learner's file is the solution, so that every run does all the work and passes.
    """
    patterns = [kata for kata in katas if together(kata) and not _names_a_table(kata)]
    folders = []
    for number in range(total):
        copied = number >= len(katas)
        kata = patterns[number % len(patterns)] if copied else katas[number]
        slug = f"{kata.slug}_{number}" if copied else kata.slug
        folder = root / kata.track / slug
        _copy(kata, folder)
        if copied:
            _rename(folder, kata, number)
        (folder.parent / "__init__.py").touch()  # a package for pytest in a plain project too
        folders.append(folder)
    (root / "__init__.py").touch()
    return folders


def without_django(kata: Kata) -> bool:
    """Whether it practises Python alone."""
    tests = (kata.folder / "tests.py").read_text(encoding="utf-8")
    return kata.databases == ("none",) and "django" not in tests


def _names_a_table(kata: Kata) -> bool:
    """Its SQL speaks of the table by name, so a copy would need the same one."""
    return any("db_table" in path.read_text(encoding="utf-8") for path in kata.folder.glob("*.py"))


def _copy(kata: Kata, folder: Path) -> None:
    left_out = shutil.ignore_patterns("__pycache__", "wrong")  # wrong answers are most of the files
    shutil.copytree(kata.folder, folder, ignore=left_out)
    shutil.copytree(folder / "author" / "solution", folder, dirs_exist_ok=True)


def _rename(folder: Path, kata: Kata, number: int) -> None:
    """Give the copy in `folder` its own uuid, app label, command and names of constraints."""
    toml = folder / "kata.toml"
    own = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kata.slug} {number}"))
    toml.write_text(toml.read_text(encoding="utf-8").replace(kata.uuid, own), encoding="utf-8")
    commands = folder / "management" / "commands"
    if (commands / f"{kata.slug}.py").exists():
        (commands / f"{kata.slug}.py").rename(commands / f"{folder.name}.py")
    code = list(folder.rglob("*.py"))
    names = {name for path in code for name in _unique_names(path.read_text(encoding="utf-8"))}
    for path in code:
        text = path.read_text(encoding="utf-8")
        new = re.sub(rf"([\"'.]){kata.slug}(?=[.:]\w)", rf"\1{folder.name}", text)
        for name in names:
            new = re.sub(rf"([\"']){name}\1", rf"\1{name}_{number}\1", new)
        if new != text:
            path.write_text(new, encoding="utf-8")
    recorded = folder / "author" / "cases.json"
    data = json.loads(recorded.read_text(encoding="utf-8"))
    data["tests"] = hashlib.sha256((folder / "tests.py").read_bytes()).hexdigest()
    recorded.write_text(json.dumps(data), encoding="utf-8")


def _unique_names(text: str) -> list[str]:
    """Those that one database holds once only: of constraints and indexes."""
    return re.findall(r"(?:Constraint|Index)\((?:[^()]|\([^()]*\))*?\bname=\"(\w+)\"", text)
