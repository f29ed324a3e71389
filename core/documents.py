"""A kata's Markdown files as data: the brief's sections and the steps of the hints."""

import re
from dataclasses import dataclass

from core.catalogue import relative
from core.errors import KataError
from core.kata import Kata

HEADING = re.compile(r"^## (\d+)\.[ \t]*(.*?)[ \t]*$", re.MULTILINE)
STEP = re.compile(r"^\d+\. ", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """What stands under `## 1. Title`."""

    number: int
    title: str
    text: str


def read(kata: Kata, name: str) -> str:
    """One of the kata's documents; KataError where there is none."""
    path = kata.folder / name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KataError(f"{kata.slug} has no {name}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise KataError(f"{relative(path)} cannot be read: {error}.") from error


def sections(text: str) -> tuple[Section, ...]:
    """The numbered sections, in the order of the text."""
    headings = list(HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return tuple(
        # A section ends where the next heading of any kind begins.
        Section(
            int(h[1]), h[2], re.split(r"^## ", text[h.end() : end], flags=re.MULTILINE)[0].strip()
        )
        for h, end in zip(headings, ends, strict=True)
    )


def steps(section: Section) -> tuple[str, ...]:
    """The numbered steps of a hint, each on one line."""
    parts = STEP.split(section.text)[1:]
    return tuple(" ".join(part.split()) for part in parts)


def hints(kata: Kata) -> dict[int, tuple[str, ...]]:
    """The steps by task."""
    return {section.number: steps(section) for section in sections(read(kata, "hints.md"))}
