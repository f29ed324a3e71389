"""A kata's documents as a page shows them: the brief by task, the steps of the hints, the answer."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString

from core import documents
from core.cockpit import code, prose
from core.cockpit.code import File
from core.errors import KataError
from core.kata import Kata
from core.source import read_source

BLOCKS = re.compile(r"^(?=## )", re.MULTILINE)
TITLE = re.compile(r"\A\s*# .*$", re.MULTILINE)


@dataclass(frozen=True)
class Brief:
    """`intro` before the tasks, `tasks` by number, `more` after them; `missing` says why there is none."""

    intro: SafeString
    tasks: dict[int, SafeString]
    more: SafeString
    missing: str = ""


@dataclass(frozen=True)
class Answer:
    """The solution and why it is so: for those who passed, or gave up."""

    files: tuple[File, ...]
    why: SafeString


def brief(kata: Kata) -> Brief:
    try:
        text = documents.read(kata, "README.md")
    except KataError as error:
        return Brief(SafeString(), {}, SafeString(), missing=error.message)
    intro, *blocks = BLOCKS.split(text)
    tasks = {section.number: section.text for section in documents.sections(text)}
    more = [block for block in blocks if not documents.HEADING.match(block)]
    return Brief(
        prose.to_html(TITLE.sub("", intro, count=1)),
        {number: prose.to_html(words, below=2) for number, words in tasks.items()},
        prose.to_html("".join(more)),
    )


def hints(kata: Kata) -> dict[int, tuple[SafeString, ...]]:
    """The steps by task; none where the kata has no hints, as a folder of KATA_PATH may."""
    try:
        found = documents.hints(kata)
    except KataError:
        return {}
    return {task: tuple(prose.inline(step) for step in steps) for task, steps in found.items()}


def answer(kata: Kata) -> Answer:
    """What there is of it: a kata of KATA_PATH may have neither."""
    files: tuple[File, ...] = ()
    why = SafeString()
    if (kata.folder / "author" / "solution").is_dir():
        found = read_source(kata, "solution").files
        files = tuple(code.file(path, content) for path, content in sorted(found.items()))
    if (kata.folder / "why.md").is_file():
        why = prose.to_html(TITLE.sub("", documents.read(kata, "why.md"), count=1))
    return Answer(files, why)
