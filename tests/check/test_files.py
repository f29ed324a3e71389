"""Rules on a kata's folder: names, files, strays, and that it is committed as it is shipped."""

import shutil
import subprocess

import pytest

from core import catalogue
from core.check.files import check_files
from tests.check.conftest import SOUND, STUB, TOML, make, told

RENAME = "Rename the folder and the demo command."
GONE = "Put the edited files there, or take the name out of katas/basics/{slug}/kata.toml."
STRAY = "Delete it, or put it where a kata keeps such files: data/."
AUTHOR = "Delete it: the author's are stub, solution, wrong, cases.json."
NOT_EDITED = "Delete it, or name it in `edit` of kata.toml."
COPY = "Copy it: `cp katas/basics/{slug}/author/stub/exercise.py katas/basics/{slug}/exercise.py`, commit."


def found(kata, *, optional=False):
    return told(check_files(kata, optional=optional))


def name(what):
    return ("", "name", f"'{{slug}}' is also the name of {what}", RENAME)


def stray(path, fix=STRAY, message="a kata has no such file"):
    return (path, "stray", message, fix)


def todo(path, words):
    return (path, "todo", f"to be written: {words}", "Write it, and take TODO(author): out.")


BROKEN = {
    "sound": ({}, []),
    "check": ({}, [name("a Django command")]),
    "kata_check": ({}, [name("a Django command")]),
    "auth": ({}, [name("an installed app")]),
    "bookshop": ({}, [name("a Django command"), name("an installed app")]),
    "json": ({}, [name("a standard module")]),
    "comes_after_itself": (
        {"kata.toml": 'after = ["comes_after_itself", "sound"]\n' + TOML},
        [("kata.toml", "after", "it comes after itself", "Take it out of `after`.")],
    ),
    "comes_after_nothing": (
        {"kata.toml": 'after = ["gone"]\n' + TOML},
        [
            (
                "kata.toml",
                "after",
                "there is no kata 'gone'",
                "Write the slug of a kata, or take it out of `after`.",
            )
        ],
    ),
    "to_be_written": (
        {
            "hints.md": SOUND["hints.md"].replace(
                "What is twice?", "TODO(author): a question. Long."
            ),
            "why.md": SOUND["why.md"] + "TODO(author): one\n\nTODO(author): two\n",
            "author/stub/exercise.py": f'"""TODO(author): say it"""\n{STUB}',
            "exercise.py": f'"""TODO(author): say it"""\n{STUB}',
        },
        [
            todo("author/stub/exercise.py", "say it"),
            todo("hints.md", "a question"),
            todo("why.md", "one (and 1 more)"),
        ],
    ),
    "no_tests": (
        {"tests.py": None},
        [("tests.py", "files", "the file is missing", "Write tests.py.")],
    ),
    "no_demo": (
        {"management/commands/{slug}.py": None},
        [
            (
                "management/commands/no_demo.py",
                "files",
                "the demo is missing",
                "Write three lines over core.demo.DemoCommand.",
            )
        ],
    ),
    "no_stub": (
        {"author/stub/exercise.py": None},
        [("author/stub", "files", "the folder is missing", GONE)],
    ),
    "no_solution": (
        {"author/solution/exercise.py": None},
        [("author/solution", "files", "the folder is missing", GONE)],
    ),
    "no_wrong": (
        {"author/wrong/adds_one/exercise.py": None},
        [("author/wrong/adds_one", "files", "the folder is missing", GONE)],
    ),
    "wrong_unnamed": (
        {"author/wrong/other/exercise.py": STUB},
        [
            (
                "author/wrong/other",
                "files",
                "kata.toml does not name it",
                "Describe it in kata.toml: [[wrong]] with name = 'other'.",
            )
        ],
    ),
    "wrong_too_few": (
        {"kata.toml": TOML.replace("level = 1", "level = 2")},
        [
            (
                "kata.toml",
                "wrong",
                "it has 2 wrong answers, level 2 wants 3",
                "Add plausible mistakes as [[wrong]].",
            )
        ],
    ),
    "edited_file_missing": (
        {"author/wrong/adds_one/exercise.py": None, "author/wrong/adds_one/other.py": STUB},
        [
            (
                "author/wrong/adds_one",
                "files",
                "katas/basics/edited_file_missing/author/wrong/adds_one/exercise.py is missing.",
                "Put the edited files there.",
            )
        ],
    ),
    "stray_file": ({"notes.txt": ""}, [stray("notes.txt")]),
    "stray_folder": ({"notes/a.py": ""}, [stray("notes")]),
    "stray_of_author": ({"author/notes.md": ""}, [stray("author/notes.md", AUTHOR)]),
    "stray_of_stub": (
        {"author/stub/other.py": ""},
        [stray("author/stub/other.py", NOT_EDITED, "it is not an edited file")],
    ),
    "not_stray": (
        {
            "models.py": "",
            "data/notes.txt": "",
            "templates/a.html": "",
            "__pycache__/a.pyc": "",
            "author/stub/__pycache__/a.pyc": "",
        },
        [],
    ),
    "not_the_stub": (
        {"exercise.py": "changed"},
        [("exercise.py", "shipped", "as committed it is not the stub", COPY)],
    ),
    "not_there": (
        {"exercise.py": None},
        [("exercise.py", "shipped", "as committed it is not the stub", COPY)],
    ),
}


@pytest.mark.parametrize("slug", BROKEN)
def test_broken_folder_gives_its_finding(workspace, slug):
    changes, expected = BROKEN[slug]
    if not (workspace / "katas" / "basics" / "sound").is_dir():
        make(workspace, "sound")
    kata = make(workspace, slug, changes)
    assert found(kata) == [tuple(part.format(slug=slug) for part in each) for each in expected]


OPTIONAL = [path for path in SOUND if path not in ("kata.toml", "exercise.py", "tests.py")]


def test_kata_elsewhere_may_lack_what_is_optional(workspace):
    bare = TOML[: TOML.index("[[wrong]]")]
    kata = make(workspace, "elsewhere", dict.fromkeys(OPTIONAL) | {"kata.toml": bare})
    assert found(kata, optional=True) == []
    assert [each[:2] for each in found(kata)] == [
        ("author/stub", "files"),
        ("author/solution", "files"),
        ("kata.toml", "wrong"),
        ("management/commands/elsewhere.py", "files"),
    ]


def test_finding_a_kata_that_comes_after_reads_no_other(workspace, monkeypatch):
    kata = make(workspace, "reads_no_other", {"kata.toml": 'after = ["sound"]\n' + TOML})
    make(workspace, "sound")
    monkeypatch.setattr(catalogue, "load", lambda folder: pytest.fail(f"{folder} was read"))
    assert found(kata) == []


def git(folder, *arguments):
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def committed(workspace):
    """A kata in a repository of its own, changed and committed by `commit(text)`."""
    kata = make(workspace, "committed")
    git(kata.folder, "init")

    def commit(text: str) -> None:
        (kata.folder / "exercise.py").write_text(text)
        git(kata.folder, "add", ".")
        git(kata.folder, "commit", "-m", "x")

    yield kata, commit
    shutil.rmtree(kata.folder)


SHIPPED = [
    # as committed, as it lies there, whether that is sound
    (STUB, STUB, True),
    (STUB, "a learner's own work", True),
    ("old", STUB, True),  # an author is about to commit it
    ("old", "old", False),
    ("old", "a learner's own work", False),
    ("old", None, False),
]


@pytest.mark.parametrize(("head", "here", "sound"), SHIPPED)
def test_committed_file_is_the_stub(committed, head, here, sound):
    kata, commit = committed
    commit(head)
    path = kata.folder / "exercise.py"
    path.unlink() if here is None else path.write_text(here)
    message = ("exercise.py", "shipped", "as committed it is not the stub")
    expected = [] if sound else [(*message, COPY.format(slug="committed"))]
    assert [each for each in found(kata) if each[0] != ".git"] == expected


def test_without_git_the_file_is_taken_as_it_lies_there(workspace, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert found(make(workspace, "without_git")) == []
