"""`manage.py kata` as a person meets it: words, exit status, and what is remembered."""

import json
from pathlib import Path

import pytest

from core.verdict import verdict_from_json
from tests.conftest import SAMPLES, copy_sample

GOOD = (SAMPLES / "sources" / "passed" / "exercise.py").read_text()
LINE = "─" * 80


@pytest.fixture
def kata(manage, state, tmp_path, monkeypatch):
    """The command on a workspace of its own, with a copy of the bounded sample in it."""
    folder = copy_sample("bounded", tmp_path, monkeypatch)
    (folder / "hints.md").write_text(
        "# Hints\n\n## 1.\n\n1. What is twice?\n2. See `*`.\n3. One operator.\n\n"
        "## 2.\n\n1. Which task helps?\n2. A loop.\n3. A comprehension.\n"
    )
    (folder / "why.md").write_text("# Why this way\n\nBecause it is short.\n")
    environment = {"KATA_PATH": str(folder.parent.parent), "EDITOR": ""}

    def run(*arguments: str, **env: str) -> tuple[int, str, str]:
        return manage("kata", *arguments, env=environment | env)

    run.folder = folder
    return run


def pass_it(kata):
    (kata.folder / "exercise.py").write_text(GOOD)
    assert kata("bounded")[0] == 0


def test_failing_kata_shows_task_call_and_next_step(kata):
    path = kata.folder / "exercise.py"
    path.write_text(
        "def double(n):\n    return n + 2\n\n\ndef double_all(numbers):\n    return None\n"
    )
    status, out, err = kata("bounded", "--seed", "7")
    lines = [line.rstrip() for line in out.splitlines()]
    summary = lines.pop(-4)
    assert (status, err) == (1, "")
    assert summary.startswith("✗ failed · 1 of 3 cases pass · ")
    assert summary.endswith(" s · seed 7")
    assert lines == [
        "bounded  A function under tight limits                          runner · level 1",
        LINE,
        "✗ 1  Double a number                                                      1 of 2",
        "     ✗ double · zero",
        "       call      double(0)",
        "       got       2",
        "       expected  0",
        "       Twice the number.",
        "✗ 2  Double a list                                                        0 of 1",
        "     ✗ list",
        "       call      double_all([1, 2])",
        "       got       None",
        "       expected  [2, 4]",
        "       Twice each.",
        LINE,
        "",
        f"Edit {path} and run it again: python manage.py kata bounded",
        "Stuck? python manage.py kata bounded --hint",
    ]


def test_passing_kata_says_what_is_next(kata):
    (kata.folder / "exercise.py").write_text(GOOD)
    status, out, err = kata("bounded")
    assert (status, err) == (0, "")
    assert "✓ 1  Double a number" in out
    assert (
        out.splitlines()[-2] == "Why this way, and what else: python manage.py kata bounded --why"
    )
    assert out.splitlines()[-1].startswith("Next kata: python manage.py kata ")


@pytest.mark.parametrize(
    ("source", "status", "words"),
    [
        ("failed", 1, "✗ failed"),
        ("syntax_error", 2, "✗ error"),
        ("sleeps", 2, "⧖ timeout"),
        ("exit_in_call", 2, "✗ error"),
    ],
)
def test_exit_status_follows_the_verdict(kata, source, status, words):
    found, out, _ = kata("bounded", "--source", str(SAMPLES / "sources" / source))
    assert (found, words in out) == (status, True)


def test_unavailable_says_how_to_bring_it(manage, state):
    status, out, _ = manage("kata", "needy", env={"ELASTICSEARCH_URL": ""})
    assert status == 3
    assert "needy needs Elasticsearch, and there is none here." in out
    assert "Start one and name it: `export ELASTICSEARCH_URL=http://localhost:9200`." in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["boundd"],
            "There is no kata 'boundd'.\nDid you mean bounded? Run `python manage.py kata` for",
        ),
        (
            ["bounded", "--source", "solutoin"],
            "bounded has no source 'solutoin', and no such folder is",
        ),
        (["bounded", "--seed", "x"], "Argument --seed: invalid seed value: 'x'."),
        (["bounded", "--hint", "9"], "bounded has no task 9.\nTasks: 1 to 2."),
        (["bounded", "--hint", "--why"], "Argument --why: not allowed with argument --hint."),
        (["bounded", "--reset", "99"], "bounded has no run 99 with files."),
        (
            ["bounded", "--why", "--json"],
            "--json goes with a run, --history, --measure, --diff, --calendar or no name, not with",
        ),
        (["--hint"], "No kata was run yet, so a name is needed."),
        (["bounded", "--frobnicate"], "Unrecognized arguments: --frobnicate."),
        (["bounded", "--solution"], "bounded has not passed yet, and --solution tells the answer."),
        (["plain_pytest", "--hint"], "plain_pytest has no hints.md."),
    ],
)
def test_error_wrong_call_is_a_sentence_and_status_4(kata, arguments, message):
    env = {"KATA_PATH": f"{kata.folder.parent.parent}"}
    if "plain_pytest" in arguments:
        env = {"KATA_PATH": str(SAMPLES)}
    status, out, err = kata(*arguments, **env)
    assert (status, out) == (4, "")
    assert err.removeprefix("CommandError: ").startswith(message)
    assert "Traceback" not in err


def test_error_unmigrated_database_names_the_command(manage):
    status, out, err = manage("kata", "--history")
    assert (status, out) == (4, "")
    assert err.endswith("Run `python manage.py migrate`.\n")


def test_error_kata_path_is_no_folder(manage):
    status, out, err = manage("kata", env={"KATA_PATH": "/no/such/folder"})
    assert (status, out) == (4, "")
    assert err.startswith("KATA_PATH names /no/such/folder, which is not a folder.")


def test_json_is_the_verdict(kata):
    status, out, err = kata("bounded", "--source", "solution", "--json", "--seed", "3")
    verdict = verdict_from_json(json.loads(out))
    assert (status, err, verdict.status, verdict.seed) == (0, "", "passed", 3)


def test_hints_come_one_at_a_time_for_the_task_that_fails(kata):
    assert "What is twice?" in kata("bounded", "--hint")[1]
    second = kata("bounded", "--hint")[1]
    assert ("See *." in second, "One operator." in second) == (True, False)
    (kata.folder / "exercise.py").write_text(
        GOOD.replace("[double(number) for number in numbers]", "1")
    )
    assert kata("bounded")[0] == 1
    assert "Which task helps?" in kata("--hint")[1]
    assert "What is twice?" in kata("--hint", "1")[1]


def test_last_hint_leads_to_the_solution(kata):
    for _ in range(3):
        out = kata("bounded", "--hint", "1")[1]
    assert out.splitlines()[-1] == (
        "That was the last hint. The solution: python manage.py kata bounded --solution --give-up"
    )


def test_answers_come_after_a_pass(kata):
    pass_it(kata)
    assert "return n * 2" in kata("bounded", "--solution")[1]
    assert "Because it is short." in kata("--why")[1]


def test_giving_up_shows_the_answer_and_is_remembered(kata):
    assert "return n * 2" in kata("bounded", "--solution", "--give-up")[1]
    assert "return n * 2" in kata("bounded", "--solution")[1]


def test_reset_keeps_the_learners_file_and_a_run_brings_it_back(kata):
    pass_it(kata)
    path = kata.folder / "exercise.py"
    out = kata("--reset")[1]
    kept = Path(out.splitlines()[1].removeprefix("Yours is in "))
    assert path.read_text() == (kata.folder / "author/stub/exercise.py").read_text()
    assert (kept / "exercise.py").read_text() == GOOD
    assert "nothing to do" in kata("bounded", "--reset")[1]
    kata("bounded", "--reset", "1")
    assert path.read_text() == GOOD


def test_history_lists_runs_newest_first(kata):
    assert "was not run yet" in kata("bounded", "--history")[1]
    kata("bounded")
    pass_it(kata)
    rows = json.loads(kata("--history", "--json")[1])
    assert [(row["run"], row["status"], row["passed"]) for row in rows] == [
        (2, "passed", 3),
        (1, "failed", 0),
    ]
    assert kata("bounded", "--history")[1].startswith("2  ✓ passed  3 of 3")


def test_overview_counts_what_passed_and_names_the_next(kata):
    pass_it(kata)
    out = kata()[1]
    assert "1 of " in out
    assert "runner" in out
    listed = json.loads(kata("--json")[1])
    bounded = next(each for each in listed["katas"] if each["kata"] == "bounded")
    assert (bounded["runs"], bounded["passed"], listed["problems"]) == (1, True, [])


def test_overview_shows_a_bad_kata_and_hides_it_alone(kata):
    bad = kata.folder.parent / "broken"
    bad.mkdir()
    (bad / "kata.toml").write_text('uuid = "x"\n')
    out = kata()[1]
    assert "broken/kata.toml: the field 'title' is missing." in out
    assert "runner" in out


def test_track_lists_its_katas(kata):
    assert kata("runner")[1].rstrip() == "·  bounded  A function under tight limits  level 1"


def test_open_without_an_editor_prints_the_paths(kata):
    out = kata("bounded", "--open", VISUAL="", TERM_PROGRAM="")[1]
    assert out.splitlines()[:2] == [f"{kata.folder}/README.md", f"{kata.folder}/exercise.py"]


def test_open_without_a_name_is_what_one_goes_on_with(kata):
    def opened() -> str:
        return kata("--open", VISUAL="", TERM_PROGRAM="")[1].splitlines()[0]

    first = opened()
    assert first.startswith("katas/")
    assert first.endswith("/README.md")
    kata("bounded")
    assert opened() == f"{kata.folder}/README.md"  # it was begun
    (kata.folder / "exercise.py").write_text(GOOD)
    kata("bounded")
    assert opened() == first


def test_open_starts_the_editor_that_is_named(kata, tmp_path):
    editor = tmp_path / "an editor"
    editor.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/opened"\n')
    editor.chmod(0o755)
    assert kata("bounded", "--open", VISUAL=f"'{editor}'")[0] == 0
    assert (tmp_path / "opened").read_text().splitlines()[1] == f"{kata.folder}/exercise.py"


def test_debug_runs_in_place_with_pytests_own_words(kata):
    (kata.folder / "exercise.py").write_text("print('in place:', __file__)\n" + GOOD)
    status, out, _ = kata("bounded", "--debug")
    assert status == 0
    assert f"in place: {kata.folder}/exercise.py" in out
    assert "3 passed" in out


def test_output_has_no_colour_in_a_pipe_and_with_the_flag_has(kata):
    assert "\x1b[" not in kata("bounded")[1]
    assert "\x1b[" in kata("bounded", "--force-color")[1]
    assert "\x1b[3" not in kata("bounded", "--force-color", NO_COLOR="1")[1]


def test_narrow_terminal_keeps_within_its_columns(kata):
    out = kata("bounded", COLUMNS="60")[1]
    assert max(map(len, out.splitlines()[:-3])) <= 60


def test_ascii_terminal_gets_its_marks(kata):
    status, out, err = kata("bounded", PYTHONIOENCODING="ascii")
    assert (status, "Traceback" in err) == (1, False)
    assert "x failed - 0 of 3 cases pass" in out
    assert out.isascii()


def test_diff_needs_two_attempts_and_then_shows_cases_and_code(kata):
    status, _, err = kata("bounded", "--diff")
    assert (status, err.splitlines()[0]) == (
        4,
        "CommandError: bounded has no two attempts to compare.",
    )
    kata("bounded")
    pass_it(kata)
    out = kata("--diff")[1]
    assert out.splitlines()[0] == "Run 2 beside run 1"
    assert "✗ → ✓ double · two" in out
    assert "+    return n * 2" in out
    found = json.loads(kata("--diff", "1", "--json")[1])
    assert (found["old"], found["new"], len(found["cases"])) == (1, 2, 3)


def test_measure_shows_yours_beside_the_naive_and_the_reference(manage, state):
    status, out, err = manage("kata", "iterators", "--measure", "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert [each["source"] for each in found] == ["exercise", "stub", "solution"]
    assert [point["size"] for point in found[2]["points"]["two loops"]] == [16, 64, 256, 1024]
    status, out, _ = manage("kata", "iterators", "--measure")
    assert status == 0
    assert "▪ solution" in out
    assert "└──" in out


def test_measure_lets_threads_see_the_rows_of_a_database_in_a_file(manage):
    status, out, err = manage("kata", "mutexes", "--measure", "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert [each["problem"] for each in found] == [None, None, None]
    sizes = [point["size"] for point in found[2]["points"]["pay() beside pay()"]]
    assert sizes == [2, 8, 32, 128]


def test_measure_without_a_lab_says_so(kata):
    status, _, err = kata("bounded", "--measure")
    assert (status, err) == (
        4,
        "CommandError: bounded has nothing to measure: it has no lab.py.\n",
    )
