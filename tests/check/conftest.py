"""A workspace with a sound little kata, for tests that break one thing of it each."""

import hashlib
import json
import uuid
from pathlib import Path

import pytest

from core import catalogue
from core.check import check
from core.kata import Kata

STUB = """\
def double(n):
    raise NotImplementedError


def double_all(numbers):
    raise NotImplementedError
"""
SOLUTION = """\
def double(n):
    return n * 2


def double_all(numbers):
    return [number * 2 for number in numbers]
"""
TESTS = """\
import unittest

import pytest
from parameterized import parameterized

from core.judge import expect

from . import exercise


@pytest.mark.task(1)
class One(unittest.TestCase):
    @parameterized.expand([("two", 2, 4), ("zero", 0, 0)])
    def test_double(self, _, number, expected):
        expect(f"double({number})", exercise.double(number), expected, "Twice the number.")


@pytest.mark.task(2)
class Many(unittest.TestCase):
    def test_list(self):
        expect("double_all([1, 2])", exercise.double_all([1, 2]), [2, 4], "Twice each.")
"""
TOML = """\
uuid = "{uuid}"
title = "Twice"
level = 1
tasks = ["Double a number", "Double a list"]
edit = ["exercise.py"]

[[wrong]]
name = "adds_one"
tasks = [1]
says = "Twice the number."

[[wrong]]
name = "leaves_one_out"
tasks = [2]
says = ["double_all([1, 2])", "[2]", "Twice each."]
"""
HINTS = """\
# Hints

## 1.

1. What is twice?
2. See the operators.
3. One operator and a number.

## 2.

1. Which task helps?
2. See comprehensions.
3. An expression, then a loop, in brackets.
"""
CASES = {"One::test_double_0_two": 1, "One::test_double_1_zero": 1, "Many::test_list": 2}
WORDS = "Every word counts in a text of this length. "  # nine of them
SOUND = {
    "__init__.py": "",
    "kata.toml": TOML,
    "README.md": f"# Twice\n\n{WORDS * 20}\n\n## 1. Double a number\n\n## 2. Double a list\n",
    "hints.md": HINTS,
    "exercise.py": STUB,
    "tests.py": TESTS,
    "lab.py": "calls = {}\n",
    "management/commands/{slug}.py": "from core.demo import DemoCommand\n",
    "why.md": f"# Why\n\n{WORDS * 10}\n",
    "questions.md": "# Questions\n\n## A?\n\nA.\n\n## B?\n\nB.\n\n## C?\n\nC.\n",
    "author/stub/exercise.py": STUB,
    "author/solution/exercise.py": SOLUTION,
    "author/wrong/adds_one/exercise.py": SOLUTION.replace("n * 2", "n + 1"),
    "author/wrong/leaves_one_out/exercise.py": SOLUTION.replace("in numbers", "in numbers[:-1]"),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A folder that is the workspace's own for the catalogue and the check: all rules hold."""
    root = tmp_path_factory.mktemp("workspace")
    (root / "katas").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KATA_PATH", raising=False)
        patch.delenv("KATA_COMMAND", raising=False)
        patch.setattr(catalogue, "ROOT", root)
        patch.setattr(check, "ROOT", root)
        yield root


def make(root: Path, slug: str, changes: dict[str, str | None] | None = None) -> Kata:
    """The sound kata under this slug, but for the changes: path → text, or None to leave it out.

    author/cases.json follows tests.py, unless it is one of the changes.
    """
    folder = root / "katas" / "basics" / slug
    files = SOUND | (changes or {})
    tests = hashlib.sha256((files["tests.py"] or "").encode()).hexdigest()
    recorded = json.dumps({"tests": tests, "cases": CASES}, indent=2) + "\n"
    for name, text in ({"author/cases.json": recorded} | files).items():
        if text is not None:
            path = folder / name.format(slug=slug)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("{uuid}", str(uuid.uuid5(uuid.NAMESPACE_URL, slug))))
    return catalogue.load(folder)


def told(findings) -> list[tuple[str, str, str, str]]:
    """(file within the kata, rule, message, fix) of each finding."""
    return [
        (
            each.file.removeprefix(f"katas/basics/{each.kata}").lstrip("/"),
            each.rule,
            each.message,
            each.fix,
        )
        for each in findings
    ]
