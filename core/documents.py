"""A kata's Markdown files as data: the brief's sections, the steps of the hints, the questions."""

import functools
import hashlib
import os
import re
import time
from dataclasses import dataclass

from core.catalogue import SETTLED, relative
from core.errors import KataError
from core.kata import Kata

HEADING = re.compile(r"^## (\d+)\.[ \t]*(.*?)[ \t]*$", re.MULTILINE)
NEXT = re.compile(r"^## ", re.MULTILINE)
ASKED = re.compile(r"^## (.+)$", re.MULTILINE)
STEP = re.compile(r"^\d+\. ", re.MULTILINE)

# Questions as they were read, by their file, with what tells that it changed.
_READ: dict[str, tuple[tuple[int, ...], tuple["Question", ...]]] = {}


@dataclass(frozen=True)
class Section:
    """What stands under `## 1. Title`."""

    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question of questions.md and its answer, in Markdown.

    `key` tells it from others wherever it stands: it changes with its heading alone.
    """

    number: int
    heading: str
    answer: str

    @functools.cached_property
    def key(self) -> str:
        return hashlib.sha256(self.heading.encode()).hexdigest()


def read(kata: Kata, name: str) -> str:
    """One of the kata's documents; KataError where there is none."""
    path = kata.folder / name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KataError(f"{kata.slug} has no {name}.") from None
    except OSError as error:
        raise KataError(f"{relative(path)} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise KataError(
            f"{relative(path)} is not UTF-8 text (byte {error.start}).",
            hint="Save the file as UTF-8.",
        ) from error


def sections(text: str) -> tuple[Section, ...]:
    """The numbered sections, in the order of the text."""
    return tuple(
        # A section ends where the next heading of its kind begins, numbered or not.
        Section(int(each[1]), each[2], NEXT.split(text[each.end() :])[0].strip())
        for each in HEADING.finditer(text)
    )


def steps(section: Section) -> tuple[str, ...]:
    """The numbered steps of a hint, each on one line."""
    parts = STEP.split(section.text)[1:]
    return tuple(" ".join(part.split()) for part in parts)


def hints(kata: Kata) -> dict[int, tuple[str, ...]]:
    """The steps by task."""
    return {section.number: steps(section) for section in sections(read(kata, "hints.md"))}


def questions(kata: Kata) -> tuple[Question, ...]:
    """The questions, each heading once; none where there is no questions.md.

    A process that stays reads each file once: what is due asks for those of every kata.
    """
    path = f"{kata.folder}/questions.md"
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return ()
    except OSError:
        return _questions(read(kata, "questions.md"))  # says why
    state = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
    known = _READ.get(path)
    if known and known[0] == state:
        return known[1]
    asked = _questions(read(kata, "questions.md"))
    if time.time_ns() - max(state[:2]) > SETTLED:
        _READ[path] = (state, asked)
    return asked


def _questions(text: str) -> tuple[Question, ...]:
    _, *parts = ASKED.split(text)
    found: dict[str, str] = {}
    for heading, answer in zip(parts[::2], parts[1::2], strict=True):
        found.setdefault(" ".join(heading.split()), answer.strip())
    return tuple(Question(number, *each) for number, each in enumerate(found.items(), 1))
