"""Rules on the words of a kata: brief, hints, why, questions."""

import re
from collections.abc import Iterator
from pathlib import Path

from core.check.finding import Finding, finding
from core.documents import read, sections, steps
from core.errors import KataError
from core.kata import Kata

BRIEF = (150, 450)  # words
HINT_STEPS = 3
QUESTIONS = 3
TELLING = 16  # characters from which a line of the solution gives something away


def check_documents(kata: Kata, *, optional: bool) -> Iterator[Finding]:
    """`optional`: a kata of KATA_PATH, where a document that is missing is no finding."""
    for name, check in DOCUMENTS.items():
        if (kata.folder / name).exists():
            try:
                text = read(kata, name)
            except KataError as error:
                yield finding(kata, name, "files", error.message, "Write it as UTF-8 text.")
                continue
            yield from check(kata, text)
        elif not optional:
            yield finding(kata, name, "files", "the file is missing", f"Write {name}.")


def _brief(kata: Kata, text: str) -> Iterator[Finding]:
    words = len(re.findall(r"\w+", text))
    if not BRIEF[0] <= words <= BRIEF[1]:
        yield finding(
            kata,
            "README.md",
            "brief",
            f"it has {words} words",
            f"Say it in {BRIEF[0]} to {BRIEF[1]} words.",
        )
    yield from _numbered(kata, "README.md", text)
    found = {section.number: section.title for section in sections(text)}
    for number, title in enumerate(kata.tasks, 1):
        if number in found and found[number] != title:
            yield finding(
                kata,
                "README.md",
                "brief",
                f"section {number} is called {found[number]!r}, the task {title!r}",
                f"Write `## {number}. {title}`, or change tasks in kata.toml.",
            )


def _hints(kata: Kata, text: str) -> Iterator[Finding]:
    yield from _numbered(kata, "hints.md", text)
    for section in sections(text):
        count = len(steps(section))
        if count != HINT_STEPS:
            yield finding(
                kata,
                "hints.md",
                "hints",
                f"task {section.number} has {count} steps",
                "Write three numbered steps: a question, a pointer, the shape.",
            )
    hints = " ".join(text.split())
    for line in dict.fromkeys(_telling_lines(kata)):
        if line in hints:
            yield finding(
                kata,
                "hints.md",
                "hints",
                f"a line of the solution stands in it: {line}",
                "Describe the shape in words instead.",
            )


def _why(kata: Kata, text: str) -> Iterator[Finding]:
    if len(text.split()) < 80:
        yield finding(
            kata,
            "why.md",
            "why",
            "it has fewer than 80 words",
            "Say why this way, other ways, when not to, where Django does it, one step further.",
        )


def _questions(kata: Kata, text: str) -> Iterator[Finding]:
    parts = re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]
    if len(parts) != QUESTIONS or not all(part.strip() for part in parts):
        yield finding(
            kata,
            "questions.md",
            "questions",
            f"it has {len(parts)} questions, or one without an answer",
            "Write three: `## The question?` and its answer below.",
        )


def _numbered(kata: Kata, name: str, text: str) -> Iterator[Finding]:
    numbers = [section.number for section in sections(text)]
    wanted = list(range(1, len(kata.tasks) + 1))
    if numbers != wanted:
        yield finding(
            kata,
            name,
            "sections",
            f"its numbered sections are {numbers}, the tasks {wanted}",
            "Write one heading `## 1.` a task, in their order.",
        )


def _telling_lines(kata: Kata) -> Iterator[str]:
    """Lines of the solution's code that the stub does not have."""
    author = kata.folder / "author"
    given = {line for path in _texts(author / "stub") for line in path}
    for lines in _texts(author / "solution"):
        for line in lines:
            code = not line.startswith(("#", '"', "import ", "from "))
            if code and len(line) >= TELLING and line not in given:
                yield line


def _texts(folder: Path) -> Iterator[list[str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            text = path.read_text(encoding="utf-8", errors="replace")
            yield [" ".join(line.split()) for line in text.splitlines() if line.strip()]


DOCUMENTS = {
    "README.md": _brief,
    "hints.md": _hints,
    "why.md": _why,
    "questions.md": _questions,
}
