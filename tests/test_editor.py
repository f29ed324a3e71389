"""Plain pytest as an editor runs it: one kata in place, many in the explorer, a debugger attached."""

import itertools
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests import database
from tests.conftest import ROOT, SAMPLES, copy_sample, in_ci

EDITOR = {path.stem: json.loads(path.read_text()) for path in (ROOT / ".vscode").glob("*.json")}
SOLVED = """def double(n):
    return 2 * n


def double_all(numbers):
    return [double(n) for n in numbers]
"""

# What VS Code's own plugin does: from every item up through its classes to its file, and ids made
# of the file's absolute path; a result by the report of the call. It goes to a file, not to a pipe.
WALK = """
import json, os, sys
import pytest

walk = {"items": [], "results": {}, "imported": []}

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        classes, parent = [], item.parent
        while isinstance(parent, pytest.Class):
            hasattr(parent, "obj")
            classes.insert(0, parent.name)
            parent = parent.parent
        assert isinstance(parent, pytest.File) and parent.path == item.path
        assert isinstance(parent.session, pytest.Session)
        own = "::".join([str(item.path), *item.nodeid.split("::")[1:]])
        walk["items"].append([own, classes, item.name, item.location[1]])

def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        walk["results"][report.nodeid] = [report.outcome, report.longreprtext]

def pytest_sessionfinish():
    walk["imported"] = [name for name in sys.modules if name.startswith(("katas.", "samples."))]
    with open(os.environ["WALK"], "w") as file:
        json.dump(walk, file)
"""


@pytest.fixture
def run(tmp_path, forkserver):
    """Run pytest as with the environment's Python: (status, words, what the editor's plugin saw)."""
    (tmp_path / "walk.py").write_text(WALK)

    def run(*arguments: object, cwd: Path = ROOT, **variables: str):
        environment = os.environ | {
            **database.workspace(tmp_path / "state"),
            "KATA_SERVER": "0",
            "PYTHONPATH": str(tmp_path),
            "WALK": str(tmp_path / "walk.json"),
            "COLUMNS": "200",
            **variables,
        }
        for name in ("DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
            environment.pop(name, None)
        (tmp_path / "walk.json").write_text("null")
        quiet = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
        command = ("-m", "pytest", "-W", quiet, "-p", "walk", *map(str, arguments))
        status, out, err = forkserver.run(*command, cwd=cwd, env=environment)
        return status, out + err, json.loads((tmp_path / "walk.json").read_text())

    return run


def ids_of(folder: Path) -> list[str]:
    """The ids that an editor knows a kata's recorded cases by."""
    cases = json.loads((folder / "author" / "cases.json").read_text())["cases"]
    return [f"{folder}/tests.py::{name}" for name in cases]


# --- one kata, in place -----------------------------------------------------------------------

BOUNDED = "tests/samples/runner/bounded"
IN_PLACE = {
    "file": ([f"{BOUNDED}/tests.py"], ROOT, 3),
    "node id": ([f"{BOUNDED}/tests.py::One::test_double_0_two"], ROOT, 1),
    "keyword": ([f"{BOUNDED}/tests.py", "-k", "zero or list"], ROOT, 2),
    "absolute path from elsewhere": ([f"{ROOT}/{BOUNDED}/tests.py::Many"], Path("/"), 1),
    "the file that is open": ([f"{BOUNDED}/author/solution/exercise.py"], ROOT, 3),
    "the folder one is in": ([], ROOT / BOUNDED, 3),
}


@pytest.mark.parametrize(("arguments", "cwd", "count"), IN_PLACE.values(), ids=IN_PLACE)
def test_one_kata_runs_in_place(run, samples, arguments, cwd, count):
    status, words, walk = run(*arguments, cwd=cwd, KATA_SEED="7")
    assert status == 1
    assert "kata: bounded in place, seed 7 (KATA_SEED=7 draws the same data)" in words
    assert f"{count} failed" in words
    assert f"{BOUNDED}/exercise.py:" in words or "\nexercise.py:" in words
    assert "samples.runner.bounded.exercise" in walk["imported"]


def test_custom_user_model_and_added_settings_are_there(run, samples):
    status, words, _ = run("tests/samples/runner/swapped_user/tests.py")
    assert (status, "2 passed" in words) == (0, True)


def test_migrations_make_the_tables_where_they_are_the_topic(run, samples):
    status, words, _ = run("tests/samples/runner/migrated")
    assert (status, "1 passed" in words) == (0, True)


def test_queries_are_counted_and_told_as_in_a_verdict(run, samples):
    status, words, _ = run("tests/samples/runner/rows")
    told = re.findall(r"^E   +(?:call|got|expected) .*", words, re.MULTILINE)
    assert (status, [re.sub(" +", " ", line) for line in told]) == (
        1,
        ["E call Note.words()", "E got 3 queries", "E expected at most 1 query"],
    )
    assert "core/judge" not in words  # the engine's own frames


def test_kata_elsewhere_runs_with_the_configuration_named(run, tmp_path, monkeypatch):
    folder = copy_sample("bounded", tmp_path, monkeypatch, exercise=SOLVED)
    status, words, walk = run("-c", "pyproject.toml", folder / "exercise.py")
    assert (status, "3 passed" in words) == (0, True)
    assert sorted(item[0] for item in walk["items"]) == sorted(ids_of(folder))


def test_models_that_do_not_import_are_named_with_their_line(run, tmp_path, monkeypatch):
    folder = copy_sample("swapped_user", tmp_path, monkeypatch)
    (folder / "models.py").write_text("import django\nclass Person(:\n")
    status, words, _ = run("-c", "pyproject.toml", folder)
    assert status == 4
    assert "Django could not be set up with swapped_user: SyntaxError: invalid syntax" in words
    assert f"{folder}/models.py:2  class Person(:" in words


def test_missing_need_skips_with_the_command_that_brings_it(run, samples):
    status, words, _ = run("tests/samples/runner/needy", "-rs", ELASTICSEARCH_URL="")
    assert (status, "Start one and name it: `export ELASTICSEARCH_URL=" in words) == (0, True)


@pytest.mark.parametrize("name", ["shelf", "bell", "post"])
def test_kata_on_real_servers_runs_in_place(run, samples, name):
    status, words, walk = run(f"tests/samples/runner/{name}")
    assert (status, "warning" in words) == (0, False), words
    assert {outcome for outcome, _ in walk["results"].values()} == {"passed"}


def test_migrations_run_in_place_on_a_database_of_ones_own(run, tmp_path, monkeypatch):
    folder = copy_sample("migrated", tmp_path, monkeypatch)
    text = (folder / "kata.toml").read_text()
    (folder / "kata.toml").write_text(text.replace('"memory"', '"postgres"'))
    status, words, _ = run(folder, "-c", ROOT / "pyproject.toml")
    assert status == 0, words


def test_server_that_cannot_be_used_skips_with_its_reason(run, samples):
    status, words, _ = run("tests/samples/runner/bell", "-rs", REDIS_URL="redis://127.0.0.1:1")
    assert status == 0
    assert "Redis cannot be used: Error 111 connecting to 127.0.0.1:1" in words


def test_seed_that_is_none_is_refused(run):
    for katas in ("katas", "katas/orm/select_related"):
        status, words, _ = run(katas, KATA_SEED="seven")
        assert (status, "KATA_SEED is 'seven', which is not a seed." in words) == (4, True)


def test_workspace_tests_keep_their_settings_and_load_no_runner(run):
    status, words, _ = run("tests/test_verdict.py", "--co", "--trace-config")
    assert status == 0
    assert "settings: core.settings" in words
    assert "kata:" not in words
    assert "core.server.explorer" not in words


# --- many katas, each in a child --------------------------------------------------------------


@in_ci("every module of the tests is imported")
def test_explorer_lists_every_kata_and_test_of_the_workspace(run):
    arguments = EDITOR["settings"]["python.testing.pytestArgs"]
    status, words, walk = run("--collect-only", "-q", *arguments)
    assert status == 0, words
    found = [item[0] for item in walk["items"]]
    katas = [path.parent for path in (ROOT / "katas").glob("*/*/kata.toml")]
    assert [each for each in found if each.startswith(f"{ROOT}/katas/")] == [
        each for folder in sorted(katas) for each in ids_of(folder)
    ]
    files = {each.partition("::")[0] for each in found}
    assert {str(path) for path in (ROOT / "tests").glob("test_*.py")} <= files
    assert not [each for each in files if each.startswith(str(SAMPLES))]
    assert [name for name in walk["imported"] if name.startswith("katas.")] == []


def test_listed_cases_are_those_that_run_in_place(run):
    kata = "katas/language/iterators"
    _, _, listed = run("--collect-only", kata)
    _, _, real = run(kata)
    assert listed["imported"] == []
    # With their classes, and the line that each is written at.
    assert sorted(listed["items"]) == sorted(real["items"])


def test_items_get_the_results_of_a_child_without_a_traceback(run, tmp_path, monkeypatch):
    copy_sample("rows", tmp_path, monkeypatch)
    folder = copy_sample("bounded", tmp_path, monkeypatch, exercise=SOLVED.replace("2 *", "3 *"))
    status, words, walk = run("-c", "pyproject.toml", tmp_path / "copies")
    assert (status, "katas: each in a process of its own, seed " in words) == (1, True)
    assert walk["imported"] == []
    assert walk["results"]["runner/bounded/tests.py::One::test_double_1_zero"] == ["passed", ""]
    assert walk["results"]["runner/bounded/tests.py::Many::test_list"] == [
        "failed",
        "double_all([1, 2]): got [3, 6], expected [2, 4]\nTwice each.",
    ]
    # No author recorded its cases: it is one item, with the words of all its cases.
    outcome, told = walk["results"]["runner/rows/tests.py::whole_kata"]
    assert (outcome, told.splitlines()[:2]) == (
        "failed",
        [
            "Words::test_words_in_one_query [memory]",
            "Note.words(): got 3 queries, expected at most 1 query",
        ],
    )
    assert "core/" not in words.partition("FAILURES")[2]
    assert folder.is_dir()


def test_run_that_breaks_off_fails_what_has_no_result(run, tmp_path, monkeypatch):
    folder = copy_sample("bounded", tmp_path, monkeypatch, exercise="import os\nos._exit(0)\n")
    _, _, walk = run("-c", "pyproject.toml", tmp_path / "copies")
    told = "The code ended Python itself (exit status 0)."
    assert [told in result[1] for result in walk["results"].values()] == [True] * 3
    # The whole kata is named as the explorer lists it, without author/cases.json.
    shutil.rmtree(folder / "author")
    _, _, walk = run("-c", "pyproject.toml", f"{folder}/tests.py::whole_kata")
    assert [told in result[1] for result in walk["results"].values()] == [True]


def test_broken_kata_is_a_sentence_and_the_others_are_there(run, tmp_path, monkeypatch):
    shutil.copytree(copy_sample("bounded", tmp_path, monkeypatch), tmp_path / "copies/runner/other")
    (tmp_path / "copies/runner/other/kata.toml").write_text("title = 1")
    status, words, walk = run("--collect-only", "-c", "pyproject.toml", tmp_path / "copies")
    assert (status, len(walk["items"])) == (2, 3)
    assert "runner/other/kata.toml: the field 'uuid' is missing." in words
    assert "Traceback" not in words


@in_ci("ten seconds, for workers of its own")
def test_katas_among_the_workspace_tests_run_in_several_workers(run):
    keyword = "blank_line_last or genres_without_parents or tree_is_frozen"
    status, words, _ = run(
        "katas", "tests/test_verdict.py", "-n", "2", "-k", keyword, KATA_SEED="5"
    )
    assert (status, "1 failed, 2 passed" in words, "seed 5 " in words) == (1, True, True)


# --- the editor's files -----------------------------------------------------------------------


def commands() -> list[list[str]]:
    """What tasks and launches start, as argument lists."""
    found = [[task["command"], *task.get("args", [])] for task in EDITOR["tasks"]["tasks"]]
    for launch in EDITOR["launch"]["configurations"]:
        if launch["request"] == "launch":
            what = [launch["program"]] if "program" in launch else ["-m", launch["module"]]
            found.append([".venv/bin/python", *what, *launch["args"]])
    known = {"workspaceFolder": str(ROOT), "fileDirnameBasename": "select_related"}
    known["file"] = f"{ROOT}/katas/orm/select_related/exercise.py"
    fill = re.compile(r"\$\{(\w+)\}")
    return [[fill.sub(lambda m: known[m[1]], part) for part in command] for command in found]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_command_of_the_editor_is_there(command):
    program, *arguments = command
    assert os.access(ROOT / program, os.X_OK)
    if arguments[:1] == ["-m"]:
        modules = [name for at, name in itertools.pairwise(arguments) if at == "-m"]
        assert set(modules) <= {"pytest", "debugpy", "celery"}
    elif arguments:
        manage = program.endswith("python")
        assert not manage or Path(ROOT / arguments[0]).samefile(ROOT / "manage.py")
        name, *rest = arguments[1:] if manage else ["kata", *arguments]
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        parser.parse_args(rest)  # exits where a flag is unknown


def test_settings_of_the_editor_name_what_is_there():
    settings = EDITOR["settings"]
    assert settings["python.testing.pytestEnabled"] is True
    assert all((ROOT / name).is_dir() for name in settings["python.testing.pytestArgs"])
    interpreter = settings["python.defaultInterpreterPath"]
    assert Path(interpreter.replace("${workspaceFolder}", str(ROOT))).exists()
    assert (
        settings["[python]"]["editor.defaultFormatter"] in EDITOR["extensions"]["recommendations"]
    )
