"""What becomes of the mutants of a kata: caught, survived, equivalent; and the findings on them."""

import dataclasses
import subprocess
import sys

import pytest

from core import catalogue
from core.catalogue import relative
from core.check.finding import Finding
from core.check.mutation import Mutation, Survivor, mutate
from core.errors import KataError
from tests.check.conftest import SOLUTION, STUB, TESTS, TOML, make
from tests.conftest import ROOT, left_behind, wait_for

WEAK = "tests/samples/mutation/weak"


def untimed(mutation: Mutation) -> Mutation:
    assert mutation.seconds > 0
    return dataclasses.replace(mutation, seconds=0.0)


def test_sample_gives_its_mutants(samples, forker):
    """Golden: loops that never end are caught, what is not tested survives, and no __str__ counts."""
    told = []
    found = mutate(
        catalogue.get("weak"), launch=forker, progress=lambda *numbers: told.append(numbers)
    )
    assert untimed(found) == Mutation(
        kata="weak",
        track="mutation",
        spots=19,
        caught=17,
        equivalent=2,
        survivors=(
            Survivor(
                f"{WEAK}/author/solution/exercise.py",
                34,
                ("def total(self, discount: int = 0) -> int:",),
                ("def total(self, discount: int = 1) -> int:",),
            ),
            Survivor(
                f"{WEAK}/author/solution/exercise.py",
                44,
                ("return len(self.prices) > self.limit",),
                ("return len(self.prices) >= self.limit",),
            ),
        ),
        findings=(
            Finding(
                "weak",
                f"{WEAK}/tests.py",
                "mutation",
                "89 % of 19 changes are caught, 90 % is the least",
                "Add the case that a survivor lacks; list one that changes nothing as [[equivalent]].",
            ),
            Finding(
                "weak",
                f"{WEAK}/kata.toml",
                "equivalent",
                "no survivor turns 'steps = 0' into 'steps = 1'",
                "Take the entry out: the change is caught, or the line is another one now.",
            ),
        ),
    )
    assert found.score == 89
    assert told == [(done, 25) for done in range(1, 26)]  # the four of __str__ are run as well


def test_sound_kata_catches_all(workspace, forker):
    expected = Mutation(kata="strong", track="basics", spots=4, caught=4)
    assert untimed(mutate(make(workspace, "strong"), launch=forker)) == expected


def test_nothing_is_left_of_mutants_that_were_stopped_early(
    workspace, forker, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert mutate(make(workspace, "tidy"), launch=forker).caught == 4
    wait_for(lambda: not any(tmp_path.iterdir()) and not left_behind(tmp_path))


def test_cold_and_warm_agree(workspace, forker):
    kata = make(workspace, "cold_too")
    assert untimed(mutate(kata)) == untimed(mutate(kata, launch=forker))


TWICE = STUB + "\n\ndef same(a):\n    pass\n\n\ndef other(a):\n    pass\n"
TWICE_SOLVED = (
    SOLUTION + "\n\ndef same(a):\n    return not a\n\n\ndef other(a):\n    return not a\n"
)


def test_an_entry_stands_for_one_survivor(workspace, forker):
    files = {"author/stub/exercise.py": TWICE, "author/solution/exercise.py": TWICE_SOLVED}
    entry = '\n[[equivalent]]\nline = "return not a"\nbecomes = "return  a"\nreason = "Unused."\n'
    once = mutate(make(workspace, "once", files | {"kata.toml": TOML + entry}), launch=forker)
    assert (once.equivalent, once.spots, once.caught) == (1, 5, 4)
    assert [(each.line, each.before, each.after) for each in once.survivors] == [
        (14, ("return not a",), ("return a",))
    ]
    twice = mutate(
        make(workspace, "twice_", files | {"kata.toml": TOML + entry * 2}), launch=forker
    )
    assert (twice.equivalent, twice.spots, twice.survivors, twice.findings) == (2, 4, (), ())


def test_str_counts_where_it_is_tested(workspace, forker):
    named = '\n\nclass A:\n    def __str__(self):\n        return "A" + "b"\n'
    files = {"author/solution/exercise.py": SOLUTION + named}
    untested = mutate(make(workspace, "unnamed", files), launch=forker)
    assert (untested.spots, untested.survivors) == (4, ())
    tests = TESTS.replace("[2, 4],", "[2, 4] if 'A' in str(exercise.A()) else 0,")
    tested = mutate(make(workspace, "named", files | {"tests.py": tests}), launch=forker)
    assert (tested.spots, tested.caught, len(tested.survivors)) == (7, 5, 2)


def test_every_database_may_catch(workspace, forker):
    tests = TESTS.replace(
        "[2, 4], ", '[2, 4] if settings.DATABASES["default"]["NAME"] == ":memory:" else got, '
    ).replace("exercise.double_all([1, 2])", "(got := exercise.double_all([1, 2]))")
    tests = tests.replace("import pytest", "import pytest\nfrom django.conf import settings")
    toml = 'database = ["file", "memory"]\n' + TOML
    kata = make(workspace, "databases", {"kata.toml": toml, "tests.py": tests})
    assert untimed(mutate(kata, launch=forker)).survivors == ()


def test_kata_without_python_has_nothing_to_change(workspace, forker):
    toml = TOML[: TOML.index("[[wrong]]")].replace("exercise.py", "page.conf")
    files = {"kata.toml": toml, "exercise.py": SOLUTION}
    files |= {"author/stub/page.conf": "a = 1\n", "author/solution/page.conf": "a = 2\n"}
    found = mutate(make(workspace, "conf", files), launch=forker)
    assert (untimed(found), found.score) == (Mutation(kata="conf", track="basics"), 100)


STUB_FILE, SOLUTION_FILE = "author/stub/exercise.py", "author/solution/exercise.py"


@pytest.mark.parametrize(
    ("slug", "changes", "words", "fix"),
    [
        ("unsolved_", {SOLUTION_FILE: STUB}, "the solution is failed", "Let it pass first."),
        ("broken_", {SOLUTION_FILE: "def"}, "the solution is error", "Let it pass first."),
        (
            "unread",
            {STUB_FILE: None, "author/stub/other.py": ""},
            "{folder}/author/stub/exercise.py is missing",
            "A source of unread holds: exercise.py.",
        ),
        (
            "unparsed",
            {STUB_FILE: "def"},
            "{folder}/author/solution/exercise.py or its stub does not parse: "
            "invalid syntax (<unknown>, line 1)",
            "Write it, and its stub, so that libcst parses them.",
        ),
    ],
)
def test_kata_that_cannot_be_changed_is_a_finding(workspace, forker, slug, changes, words, fix):
    kata = make(workspace, slug, changes)
    folder = relative(kata.folder)
    message = f"nothing was changed: {words.format(folder=folder)}"
    found = Finding(slug, f"{folder}/author", "mutation", message, fix)
    assert mutate(kata, launch=forker) == Mutation(kata=slug, track="basics", findings=(found,))


@pytest.mark.parametrize(
    ("slug", "changes", "words"),
    [
        ("without", {SOLUTION_FILE: None}, "without has no author/solution."),
        (
            "needy_",
            {"kata.toml": 'needs = ["elasticsearch"]\n' + TOML},
            "needy_ needs Elasticsearch, and there is none here.",
        ),
    ],
)
def test_kata_without_a_solution_or_a_need_has_no_mutants(
    workspace, forker, monkeypatch, slug, changes, words
):
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    found = mutate(make(workspace, slug, changes), launch=forker)
    assert found == Mutation(kata=slug, track="basics", unavailable=words)


def test_error_disk_that_is_full_is_not_a_score(workspace, forker, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(workspace / "nowhere"))
    with pytest.raises(KataError, match="The run folder in "):
        mutate(make(workspace, "full"), launch=forker)


def test_stopped_begins_no_more(workspace, forker):
    launched = []

    def launch(ends, ahead):
        launched.append(ends)
        return forker(ends, ahead)

    def stop(done, of):
        raise KeyboardInterrupt

    body = "".join(f"    a = b + {n}\n" for n in range(50))
    files = {"author/solution/exercise.py": f"{SOLUTION}\n\ndef more(b):\n{body}    return a\n"}
    with pytest.raises(KeyboardInterrupt):
        mutate(make(workspace, "stopped", files), progress=stop, launch=launch)
    assert len(launched) < 50


@pytest.mark.parametrize("name", ["mutmut", "libcst"])
def test_error_library_that_is_not_installed(name):
    code = (
        f"import runpy, sys; sys.modules[{name!r}] = None; sys.argv = ['manage.py', 'kata_check', "
        "'--mutate']; runpy.run_path('manage.py', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        "CommandError: kata_check --mutate needs mutmut, which is not installed.\n"
        "Run `scripts/test --version`: it installs what requirements-dev.txt locks.\n"
    )
