"""A kata's Markdown as data: sections by task, steps by hint."""

import pytest

from core import documents
from core.documents import Question, Section, hints, questions, read, sections, steps
from core.errors import KataError
from core.kata import Kata

HINTS = """# Hints

Not a section.

## 1. Read it

1. A question, which goes on
   on a second line.
2. A pointer: `1. not a step`.

   With a paragraph of its own.
3. The shape.

## An aside

1. Not a step of task 1.

## 2.

1. In 2024. A year is no step.
"""


@pytest.fixture
def kata(tmp_path):
    return Kata(tmp_path / "joins", "u", "Joins", 1, ("Read it", "Write it"), ("exercise.py",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("# 1. A title\n\n### 1. Deeper\n\n##2. No space\n", ()),
        ("## 1. One\n", (Section(1, "One", ""),)),
        ("## 1.One  \ntext", (Section(1, "One", "text"),)),
        ("## 10.\n\ntext\n", (Section(10, "", "text"),)),
        ("## 1. A\na\n## 2. B\nb", (Section(1, "A", "a"), Section(2, "B", "b"))),
        ("## 2. B\nb\n## 2. A\na", (Section(2, "B", "b"), Section(2, "A", "a"))),
        ("## 1. A\na\n### More\nb\n## Seen\nc", (Section(1, "A", "a\n### More\nb"),)),
    ],
)
def test_sections_are_the_numbered_ones_in_the_order_of_the_text(text, expected):
    assert sections(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("Words without a number.", ()),
        ("Before.\n1. One\n2. Two", ("One", "Two")),
        ("1. One\n   more\n\n   still\n10. Ten", ("One more still", "Ten")),
        ("1. One\n   1. Inner", ("One 1. Inner",)),
    ],
)
def test_steps_are_the_numbered_lines_each_on_one(text, expected):
    assert steps(Section(1, "", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Questions\n\nWords.\n", ()),
        (
            "## Why?\n\nSo.\n\n### Aside\n\nMore.\n",
            (Question(1, "Why?", "So.\n\n### Aside\n\nMore."),),
        ),
        ("## A\na\n##  B  c \nb\n## A\nx\n", (Question(1, "A", "a"), Question(2, "B c", "b"))),
        ("## A\r\na\r\n", (Question(1, "A", "a"),)),
    ],
)
def test_questions_are_headings_with_what_stands_below(kata, text, expected):
    kata.folder.mkdir()
    (kata.folder / "questions.md").write_bytes(text.encode())
    assert questions(kata) == expected


def test_question_is_known_by_its_heading_alone():
    assert Question(1, "Why?", "So.").key == Question(7, "Why?", "Thus.").key
    assert Question(1, "Why?", "So.").key != Question(1, "Why not?", "So.").key


def test_kata_without_questions(kata):
    assert questions(kata) == ()


def test_hints_are_steps_by_task(kata):
    kata.folder.mkdir()
    (kata.folder / "hints.md").write_text(HINTS, newline="\r\n")
    assert hints(kata) == {
        1: (
            "A question, which goes on on a second line.",
            "A pointer: `1. not a step`. With a paragraph of its own.",
            "The shape.",
        ),
        2: ("In 2024. A year is no step.",),
    }


@pytest.mark.parametrize(
    ("make", "message", "hint"),
    [
        (lambda path: None, "joins has no why.md.", ""),
        (lambda path: path.mkdir(), "{} cannot be read: Is a directory.", ""),
        (
            lambda path: path.write_bytes(b"# Why \xff"),
            "{} is not UTF-8 text (byte 6).",
            "Save the file as UTF-8.",
        ),
    ],
    ids=["missing", "folder", "not utf-8"],
)
def test_error_document_that_does_not_read(kata, make, message, hint):
    kata.folder.mkdir()
    path = kata.folder / "why.md"
    make(path)
    with pytest.raises(KataError) as caught:
        read(kata, "why.md")
    assert (caught.value.message, caught.value.hint) == (message.format(path), hint)


def test_questions_are_read_once_until_the_file_changes(kata, monkeypatch):
    monkeypatch.setattr(documents, "SETTLED", -1)
    kata.folder.mkdir()
    path = kata.folder / "questions.md"
    path.write_text("## One?\n\nYes.\n")
    first = questions(kata)
    assert questions(kata) is first
    path.write_text("## Two?\n\nNo.\n")
    assert [each.heading for each in questions(kata)] == ["Two?"]
    path.unlink()
    assert questions(kata) == ()


def test_questions_just_written_are_read_anew(kata):
    """Two changes within one tick of a file system's clock look the same."""
    kata.folder.mkdir()
    path = kata.folder / "questions.md"
    path.write_text("## One?\n\nYes.\n")
    assert questions(kata) is not questions(kata)
