"""A learner's own files from elsewhere: put in place when asked, with what was there in the history."""

from collections.abc import Mapping
from pathlib import Path

from core.catalogue import catalogue
from core.editing import restore
from core.kata import Kata
from core.source import UnreadableSource, read_source, shipped

Files = dict[str, bytes]


def differing(found: Mapping[str, Files]) -> list[tuple[Kata, Files]]:
    """The katas that are here and whose files in place are others than these, by uuid."""
    katas = [kata for kata in catalogue().katas if kata.uuid in found]
    return [(kata, found[kata.uuid]) for kata in katas if _in_place(kata) != found[kata.uuid]]


def put(kata: Kata, files: Files) -> Path | None:
    """Put the files in place; the folder of the history that the learner's went to."""
    return restore(kata, shipped(kata) | files)


def _in_place(kata: Kata) -> Files | None:
    try:
        return read_source(kata).files
    except UnreadableSource:
        return None
