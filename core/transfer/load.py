"""Progress from a JSON document, merged with what is here: all or nothing, in one transaction."""

import itertools
from collections.abc import Iterator
from typing import Any, TextIO

from django.contrib.auth.models import User
from django.db import reset_queries, transaction

from core.errors import KataError
from core.transfer import form, stream
from core.transfer.merge import Merge

BATCH = 500  # records at a time


def load(file: TextIO, name: str, learner: User) -> Merge:
    """Merge the document into a learner's progress; KataError says what is wrong with it.

    A hundred thousand runs take minutes, during which nothing else can be stored on SQLite.
    """
    incoming = _Incoming(Merge(learner))
    try:
        with transaction.atomic():
            incoming.load(file)
    except (ValueError, OverflowError) as error:
        why = str(error)
        if isinstance(error, UnicodeDecodeError):
            why = f"it is not UTF-8 text (byte {error.start})"
        raise KataError(
            f"{name} cannot be imported: {incoming.where}{why}.",
            hint="Nothing was changed. `python manage.py kata_export FILE` writes such a file.",
        ) from error
    return incoming.merge


class _Incoming:
    """A document on its way in; `where` begins a sentence about what is wrong with it."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.where = ""

    def load(self, file: TextIO) -> None:
        head: dict[str, Any] = {}
        wanted = list(form.SECTIONS)
        for name, value in stream.members(file):
            if not isinstance(value, Iterator):
                head[name] = value
                continue
            path = _path(head)
            if not wanted or name != wanted.pop(0):
                raise ValueError(f"the list {name!r} is not in its place, or not known")
            self.section(name, enumerate(value, 1))
            self.where = ""
        path = _path(head)
        if wanted:
            raise ValueError(f"the list {wanted[0]!r} is missing")
        self.merge.finish(path)

    def section(self, name: str, found: Iterator[tuple[int, Any]]) -> None:
        self.where = f"{name}: "
        while batch := list(itertools.islice(found, BATCH)):
            getattr(self.merge, name)(self.records(name, batch))
            reset_queries()  # with DEBUG Django keeps the text of thousands of them

    def records(self, name: str, batch: list[tuple[int, Any]]) -> Iterator[Any]:
        for number, value in batch:
            self.where = f"{name}, record {number}: "
            yield form.record(form.SECTIONS[name], value)
        self.where = f"{name}: "


def _path(head: dict[str, Any]) -> str | None:
    """The path that was followed; ValueError for a document of another kind or version."""
    version, path = head.get("version"), head.get("path")
    if head.get("format") != form.FORMAT:
        raise ValueError("it is no export of this workspace")
    if version != form.VERSION:
        raise ValueError(f"it has version {version!r}, and this workspace knows {form.VERSION}")
    if path is not None and not (isinstance(path, str) and len(path) <= form.LONGEST_NAME):
        raise ValueError(f"the path {path!r} is no name")
    return path
