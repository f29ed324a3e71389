"""What kata_check found: which file breaks which rule, and what mends it."""

from dataclasses import dataclass
from pathlib import Path

from core.catalogue import relative
from core.kata import Kata


@dataclass(frozen=True)
class Finding:
    kata: str
    file: str
    rule: str
    message: str
    fix: str


def finding(kata: Kata, file: str, rule: str, message: str, fix: str) -> Finding:
    """A finding on a file of the kata's folder ("" for the folder itself)."""
    return Finding(kata.slug, relative(Path(kata.folder, file)), rule, message, fix)
