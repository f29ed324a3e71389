"""Rules on the words of a kata: each broken document gives exactly its finding."""

import pytest

from core.check.documents import check_documents
from tests.check.conftest import HINTS, SOUND, WORDS, make, told

BRIEF = SOUND["README.md"]
SAY = "Say it in 150 to 450 words."
HEADINGS = "Write one heading `## 1.` a task, in their order."
STEPS = "Write three numbered steps: a question, a pointer, the shape."
SHAPE = "Describe the shape in words instead."
WHY = "Say why this way, other ways, when not to, where Django does it, one step further."
ASK = "Write three: `## The question?` and its answer below."
LINE = "return [number * 2 for number in numbers]"

BROKEN = {
    "sound": ({}, []),
    **{
        f"no_{name.partition('.')[0].lower()}": (
            {name: None},
            [(name, "files", "the file is missing", f"Write {name}.")],
        )
        for name in ("README.md", "hints.md", "why.md", "questions.md")
    },
    "brief_short": (
        {"README.md": BRIEF.replace(WORDS * 20, WORDS * 10)},
        [("README.md", "brief", "it has 99 words", SAY)],
    ),
    "brief_long": (
        {"README.md": BRIEF.replace(WORDS * 20, WORDS * 60)},
        [("README.md", "brief", "it has 549 words", SAY)],
    ),
    "edges": (
        {
            "README.md": BRIEF.replace(WORDS * 20, f"{WORDS * 15}and six words more, no fewer."),
            "why.md": "word " * 80,
        },
        [],
    ),
    "brief_calls_it_otherwise": (
        {"README.md": BRIEF.replace("2. Double a list", "2. Lists")},
        [
            (
                "README.md",
                "brief",
                "section 2 is called 'Lists', the task 'Double a list'",
                "Write `## 2. Double a list`, or change tasks in kata.toml.",
            )
        ],
    ),
    "brief_without_a_section": (
        {"README.md": BRIEF.replace("## 2. Double a list", "More: double a list")},
        [("README.md", "sections", "its numbered sections are [1], the tasks [1, 2]", HEADINGS)],
    ),
    "brief_without_sections": (
        {"README.md": WORDS * 20},
        [("README.md", "sections", "its numbered sections are [], the tasks [1, 2]", HEADINGS)],
    ),
    "hints_in_another_order": (
        {"hints.md": HINTS.replace("## 1.", "## 3.").replace("## 2.", "## 1.").replace("## 3.", "## 2.")},
        [("hints.md", "sections", "its numbered sections are [2, 1], the tasks [1, 2]", HEADINGS)],
    ),
    "hints_of_two_steps": (
        {"hints.md": HINTS.replace("2. See the operators.\n", "")},
        [("hints.md", "hints", "task 1 has 2 steps", STEPS)],
    ),
    "hints_of_no_step": (
        {"hints.md": "## 1.\n\nThink.\n\n## 2.\n\n1. A\n2. B\n3. C\n"},
        [("hints.md", "hints", "task 1 has 0 steps", STEPS)],
    ),
    "hints_tell": (
        {"hints.md": HINTS.replace("An expression", f"Such as `{LINE.replace(' for', chr(10) + ' for')}`")},
        [("hints.md", "hints", f"a line of the solution stands in it: {LINE}", SHAPE)],
    ),
    "hints_tell_a_line_that_is_there_twice": (
        {
            "hints.md": HINTS.replace("An expression", LINE),
            "author/solution/exercise.py": f"def a():\n    {LINE}\n\n\ndef b():\n    {LINE}\n",
        },
        [("hints.md", "hints", f"a line of the solution stands in it: {LINE}", SHAPE)],
    ),
    "hints_tell_what_is_given": (
        {
            "hints.md": HINTS.replace("An expression", "raise NotImplementedError # once and for all x = 1"),
            "author/solution/exercise.py": "# once and for all\nx = 1\n\nraise NotImplementedError\n",
        },
        [],
    ),
    "why_short": (
        {"why.md": WORDS * 8},
        [("why.md", "why", "it has fewer than 80 words", WHY)],
    ),
    "questions_two": (
        {"questions.md": "## A?\n\nA.\n\n## B?\n\nB.\n"},
        [("questions.md", "questions", "it has 2 questions, or one without an answer", ASK)],
    ),
    "questions_without_an_answer": (
        {"questions.md": "## A?\n\nA.\n\n## B?\n\n## C?\n\nC.\n"},
        [("questions.md", "questions", "it has 3 questions, or one without an answer", ASK)],
    ),
}  # fmt: skip


def found(kata, *, optional=False):
    return told(check_documents(kata, optional=optional))


@pytest.mark.parametrize("slug", BROKEN)
def test_broken_document_gives_its_finding(workspace, slug):
    changes, expected = BROKEN[slug]
    assert found(make(workspace, slug, changes)) == expected


def test_kata_elsewhere_may_lack_all_of_them(workspace):
    names = ("README.md", "hints.md", "why.md", "questions.md")
    kata = make(workspace, "elsewhere", dict.fromkeys(names))
    assert found(kata, optional=True) == []


def test_what_a_kata_elsewhere_has_is_held_to_the_rules(workspace):
    kata = make(workspace, "short", {"why.md": WORDS})
    assert found(kata, optional=True) == BROKEN["why_short"][1]


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda path: path.write_bytes(b"\xff"), "is not UTF-8 text (byte 0)."),
        (lambda path: path.unlink() or path.mkdir(), "cannot be read: Is a directory."),
    ],
    ids=["not utf-8", "folder"],
)
def test_document_that_does_not_read_is_a_finding(workspace, break_it, message):
    slug = f"unread_{message[:2]}"
    kata = make(workspace, slug)
    break_it(kata.folder / "why.md")
    message = f"katas/basics/{slug}/why.md {message}"
    assert found(kata) == [("why.md", "files", message, "Write it as UTF-8 text.")]
