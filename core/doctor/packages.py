"""The installed packages beside requirements.txt."""

import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from core.state import ROOT


@dataclass(frozen=True)
class Package:
    """One that is not as locked; `installed` is "" where it is not there."""

    name: str
    locked: str
    installed: str


@dataclass(frozen=True)
class Packages:
    locked: int  # those that this Python on this system needs
    differ: tuple[Package, ...]


def packages(path: Path = ROOT / "requirements.txt") -> Packages:
    """Every package that is locked for this Python, and those that differ. OSError without a lock."""
    locked = [each for each in map(_requirement, path.read_text().splitlines()) if each]
    differ = []
    for each in locked:
        version = next(iter(each.specifier)).version
        installed = _installed(each.name)
        if installed != version:
            differ.append(Package(each.name, version, installed))
    return Packages(len(locked), tuple(differ))


def _requirement(line: str) -> Requirement | None:
    """Of one line of the lock; None for hashes, comments, and what is for another system."""
    if "==" not in line or line.startswith((" ", "#")):
        return None
    try:
        found = Requirement(line.removesuffix("\\"))
    except InvalidRequirement:
        return None
    return found if found.marker is None or found.marker.evaluate() else None


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
