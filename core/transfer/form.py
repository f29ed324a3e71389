"""What the one JSON file of a learner's progress holds: a record each of these, in sections.

Moments are ISO 8601 with their zone, katas are uuids, files as `core.runs.encode` makes them.
"""

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import JSONField, Model

from core.runs import decode
from core.verdict import build

FORMAT = "django-kata-workspace progress"
VERSION = 1


@dataclass(frozen=True)
class KataRecord:
    uuid: str
    slug: str
    track: str
    title: str
    level: int


@dataclass(frozen=True)
class SnapshotRecord:
    checksum: str
    files: dict[str, Any]


@dataclass(frozen=True)
class RunRecord:
    """What a run was; what came of it is in its verdict."""

    kata: str
    snapshot: str | None
    started_at: str
    queued_at: str | None
    wait: float | None
    verdict: dict[str, Any]


@dataclass(frozen=True)
class HelpRecord:
    kata: str
    kind: str
    task: int
    step: int
    at: str


@dataclass(frozen=True)
class PredictionRecord:
    kata: str
    call: str
    queries: int | None
    measured: int | None
    made_at: str


@dataclass(frozen=True)
class ReviewRecord:
    rating: int
    at: str
    seconds: int | None


@dataclass(frozen=True)
class CardRecord:
    """A card with its grades: its state follows from them."""

    kata: str
    heading: str
    question: int
    due: str | None
    opened_at: str | None
    tries: int
    reviews: tuple[ReviewRecord, ...]


@dataclass(frozen=True)
class FilesRecord:
    """A learner's files of a kata as they were, where they were not as shipped."""

    kata: str
    files: dict[str, Any]


# In this order: what is pointed to stands before what points to it.
SECTIONS: dict[str, type[Any]] = {
    "katas": KataRecord,
    "snapshots": SnapshotRecord,
    "runs": RunRecord,
    "help": HelpRecord,
    "predictions": PredictionRecord,
    "cards": CardRecord,
    "files": FilesRecord,
}

LONGEST_NAME = 100  # characters of a path's name, as the database has it

T = TypeVar("T")
M = TypeVar("M", bound=Model)


def record(kind: type[T], value: object) -> T:
    """The record in this value; ValueError says what is wrong with it."""
    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    if not isinstance(value, dict):
        raise ValueError("it is not a record")
    if missing := [name for name in names if name not in value]:
        raise ValueError(f"{missing[0]!r} is missing")
    if unknown := [name for name in value if name not in names]:
        raise ValueError(f"{unknown[0]!r} is not known")
    for name, item in value.items():
        if isinstance(item, str):
            _text(name, item)
    return build(kind, value)


def _text(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name!r} is not text: half a character stands in it") from None
    if "\0" in value:
        raise ValueError(f"{name!r} is not text: a zero byte stands in it")


def moment(text: str) -> datetime:
    """A moment in UTC; ValueError for what is none."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise ValueError(f"the time {text!r} has no zone")
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"the time {text!r} is out of range") from None


def shown(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def content(files: dict[str, Any]) -> dict[str, bytes]:
    """The bytes of files; ValueError for one that is not text or base64, or lies outside a kata."""
    for path in files:
        plain = PurePosixPath(path)
        if not path or plain.is_absolute() or ".." in plain.parts or "\0" in path:
            raise ValueError(f"the path {path!r} does not lie inside a kata")
    try:
        return decode(files)
    except (KeyError, TypeError) as error:
        raise ValueError(f"a file is neither text nor base64: {error}") from error


def fitting(row: M) -> M:
    """The row, its values looked at as a form would; ValueError where one does not fit."""
    others = {
        field.name
        for field in row._meta.fields
        if field.is_relation or isinstance(field, JSONField) or getattr(row, field.attname) is None
    }
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise ValueError(f"{name!r}: {messages[0].rstrip('.')}") from error
    return row
