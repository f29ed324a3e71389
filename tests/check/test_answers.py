"""Rules that need runs: each broken kata gives exactly the finding for what is broken."""

import hashlib
import json

import pytest

from core.check.answers import Answer, check_answers
from core.check.check import check
from core.check.finding import Finding
from core.kata import Limits
from core.runner.keeper import MB, Ending
from core.runner.result import Outcome
from core.server.forker import Forker
from core.verdict import Status, Verdict
from tests.check.conftest import CASES, SOLUTION, SOUND, STUB, TESTS, TOML, make, told

IMPORTS = "import nothing_here\n"
MISSING = "No module named 'nothing_here'"
FAILING = "Let it import, and fail by an assertion or NotImplementedError."
HONEST = "Let it fail by an assertion, or raise NotImplementedError."
NAMES = "Let the names of cases depend on neither data nor source."
WRITE = "Run `python manage.py kata_check {slug} --write`."
SHOW = "Run `python manage.py kata {slug} --source {source} --seed {seed}`."
SHOW_WRONG = SHOW.format(slug="{slug}", source="wrong/adds_one", seed=1)
MORE = """

{mark}
class More(unittest.TestCase):
    def test_empty(self):
        expect("double_all([])", exercise.double_all([]), [], "Nothing.")
"""
SEED = TESTS.replace("import expect", "import expect\nfrom core.judge.instrument import SESSION")


def both(text: str) -> dict[str, str]:
    """The stub, committed as it is shipped."""
    return {"author/stub/exercise.py": text, "exercise.py": text}


def solved(text: str) -> dict[str, str]:
    return {"author/solution/exercise.py": text}


def recorded(tests: str, cases: dict[str, int]) -> dict[str, str]:
    """tests.py with these cases, and what `--write` would record of it."""
    found = {"tests": hashlib.sha256(tests.encode()).hexdigest(), "cases": cases}
    return {"tests.py": tests, "author/cases.json": json.dumps(found, indent=2) + "\n"}


def stub(message: str, fix: str) -> tuple[str, str, str, str]:
    return "author/stub", "stub", message, fix


def wrong(message: str, fix: str) -> tuple[str, str, str, str]:
    return "author/wrong/adds_one", "wrong", message, fix


def solution(message: str, seed: int = 1) -> tuple[str, str, str, str]:
    fix = SHOW.format(slug="{slug}", source="solution", seed=seed)
    return "author/solution", "solution", message, fix


def cases(message: str) -> tuple[str, str, str, str]:
    return "author/cases.json", "cases", message, WRITE


def in_tests(rule: str, message: str, fix: str) -> tuple[str, str, str, str]:
    return "tests.py", rule, message, fix


BROKEN = {
    "sound": ({}, []),
    "stub_does_not_import": (
        both(IMPORTS),
        [stub(f"it is error, not failed: {MISSING}", FAILING)],
    ),
    "stub_passes": (
        both(SOLUTION + "# solved\n"),
        [stub("it is passed, not failed", FAILING)],
    ),
    "stub_passes_a_task": (
        both(STUB.replace("raise NotImplementedError", "return n * 2", 1)),
        [stub("task 1 passes as shipped", "Let at least one case of it fail.")],
    ),
    "stub_crashes": (
        both(STUB.replace("raise NotImplementedError", "return {2: 0}[n]", 1)),
        [stub("One::test_double_1_zero fails by KeyError: 0", HONEST)],
    ),
    "solution_fails": (
        solved(SOLUTION.replace("n * 2", "n * 3", 1)),
        [solution("with seed 1 it is failed: One::test_double_0_two: double(2) 6 4 Twice the number.")],
    ),
    "solution_fails_with_a_seed": (
        solved(
            "from core.judge.instrument import SESSION\n\n\n"
            + SOLUTION.replace("n * 2", "n * 2 if SESSION.seed == 1 else 5")
        ),
        [solution("with seed 2 it is failed: One::test_double_0_two: double(2) 5 4 Twice the number.", 2)],
    ),
    "solution_does_not_import": (
        solved(IMPORTS + SOLUTION), [solution(f"with seed 1 it is error: {MISSING}")],
    ),
    "no_test": (
        recorded("", {}),
        [solution("with seed 1 it is error: katas/basics/no_test/tests.py has no test.")],
    ),
    "wrong_passes": (
        {"author/wrong/adds_one/exercise.py": SOLUTION + "# right\n"},
        [wrong("tasks none reject it, kata.toml says [1]", SHOW_WRONG)],
    ),
    "wrong_in_another_task": (
        {"author/wrong/adds_one/exercise.py": STUB.replace("raise NotImplementedError", "return n + 1", 1)},
        [wrong("tasks [1, 2] reject it, kata.toml says [1]", SHOW_WRONG)],
    ),
    "wrong_in_other_words": (
        {"kata.toml": TOML.replace('"Twice the number."', '["Twice", "Thrice"]')},
        [wrong("no message says 'Thrice'", f"Say it in tests.py, or change says. {SHOW_WRONG}")],
    ),
    "wrong_does_not_import": (
        {
            "author/wrong/adds_one/exercise.py": IMPORTS,
            "kata.toml": TOML.replace("[1]", "[1, 2]").replace("Twice the number.", MISSING),
        },
        [],
    ),
    "ids_by_seed": (
        recorded(
            SEED.replace('"two"', 'f"seed{SESSION.seed}"'),
            {name.replace("two", "seed1"): task for name, task in CASES.items()},
        ),
        [in_tests("ids", "under solution, seed 2, the cases differ: One::test_double_0_seed1", NAMES)],
    ),
    "ids_by_source": (
        recorded(
            TESTS.replace('"two"', '"two" if exercise.__doc__ else "solved"'),
            {name.replace("two", "solved"): task for name, task in CASES.items()},
        )
        | both(f'"""Shipped."""\n\n{STUB}'),
        [in_tests("ids", "under stub, seed 1, the cases differ: One::test_double_0_solved", NAMES)],
    ),
    "unmarked_case": (
        recorded(TESTS + MORE.format(mark=""), CASES | {"More::test_empty": 1}),
        [in_tests("marks", "More::test_empty has no task", "Put @pytest.mark.task(1) on its class.")],
    ),
    "mark_of_no_task": (
        recorded(TESTS + MORE.format(mark="@pytest.mark.task(9)"), CASES | {"More::test_empty": 9}),
        [in_tests("marks", "More::test_empty belongs to task 9", "Number tasks as in kata.toml.")],
    ),
    "task_without_a_case": (
        {
            "kata.toml": TOML.replace('a list"]', 'a list", "Rest"]'),
            "README.md": f"{SOUND['README.md']}\n## 3. Rest\n",
            "hints.md": f"{SOUND['hints.md']}\n## 3.\n\n1. A\n2. B\n3. C\n",
        },
        [in_tests("marks", "task 3 has no case", "Write one.")],
    ),
    "mark_above_expand": (
        recorded(
            TESTS.replace("    @param", "    @pytest.mark.task(1)\n    @param"),
            CASES | {"One::test_double": 1},
        ),
        [
            in_tests(
                "phantom",
                "One::test_double fails for no source",
                "Take it out, or add the wrong answer that it is there for.",
            )
        ],
    ),
    "cases_missing": ({"author/cases.json": None}, [cases("the file is missing")]),
    "cases_of_other_tests": (
        {"author/cases.json": json.dumps({"tests": "0" * 64, "cases": CASES})},
        [cases("tests.py has changed since")],
    ),
    "cases_of_other_names": (
        recorded(TESTS, CASES | {"One::test_gone": 1}), [cases("it names other cases")],
    ),
    "cases_broken": ({"author/cases.json": '{"tests": '}, [cases("it is not JSON of cases")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def checked(workspace):
    """All of them at once, from one warm Python."""
    katas = tuple(make(workspace, slug, changes) for slug, (changes, _) in BROKEN.items())
    with Forker() as forker:
        return {each.kata: each for each in check(katas, launch=forker)}


@pytest.mark.parametrize("slug", BROKEN)
def test_broken_kata_gives_its_finding(checked, slug):
    expected = [tuple(part.format(slug=slug) for part in each) for each in BROKEN[slug][1]]
    assert told(checked[slug].findings) == expected


def test_finding_names_kata_and_file(checked):
    assert checked["cases_broken"].findings == (
        Finding(
            kata="cases_broken",
            file="katas/basics/cases_broken/author/cases.json",
            rule="cases",
            message="it is not JSON of cases",
            fix="Run `python manage.py kata_check cases_broken --write`.",
        ),
    )


@pytest.mark.parametrize(
    ("ending", "message", "fix"),
    [
        (
            Ending("exited", seconds=5.5, memory=100 * MB),
            "it used 5.5 s, more than half the limit of 10",
            "Make the tests smaller, or raise limits.seconds in kata.toml.",
        ),
        (
            Ending("exited", seconds=1, memory=300 * MB),
            "it used 300.0 MB, more than half the limit of 512",
            "Make the tests smaller, or raise limits.memory_mb in kata.toml.",
        ),
    ],
)
def test_solution_near_its_limits(workspace, ending, message, fix):
    kata = make(workspace, "near")
    assert kata.limits == Limits(seconds=10, memory_mb=512)
    verdict = Verdict(kata.slug, kata.uuid, "solution", "", Status.PASSED, 1, (), ())
    easy, hard = (
        Answer("solution", seed, verdict, (Outcome("none", (), False, each, b"", str),))
        for seed, each in ((1, Ending("exited", seconds=1, memory=MB)), (2, ending))
    )
    findings = check_answers(kata, [easy, hard], optional=False)
    assert told(findings) == [("author/solution", "limits", message, fix)]
