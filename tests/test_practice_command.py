"""Practice as a person meets it: graded repeats, questions at a terminal, paths, the calendar."""

import json
import threading
from pathlib import Path

import pexpect
import pytest

from core import paths
from tests import database
from tests.conftest import SAMPLES, copy_sample
from tests.practice.conftest import QUESTIONS

GOOD = (SAMPLES / "sources" / "passed" / "exercise.py").read_text()
HALF = GOOD.replace("n * 2", "n + 2")


@pytest.fixture
def kata(manage, state, tmp_path, monkeypatch):
    """The command on a workspace of its own, with a sample in it that asks two questions."""
    folder = copy_sample("bounded", tmp_path, monkeypatch)
    (folder / "questions.md").write_text(QUESTIONS)
    (folder / "hints.md").write_text("# Hints\n\n## 1.\n\n1. First.\n2. Second.\n3. Third.\n")
    (folder / "why.md").write_text("# Why\n\nBecause.\n")
    environment = {"KATA_PATH": str(folder.parent.parent), "EDITOR": "", "TZ": "UTC"}

    def run(*arguments: str, **env: str) -> tuple[int, str, str]:
        return manage("kata", *arguments, env=environment | env)

    run.folder = folder
    run.file = folder / "exercise.py"
    return run


@pytest.fixture
def terminal(kata, at_a_terminal):
    """The same at a terminal, with and without the background server; one pass lies behind."""
    kata.file.write_text(GOOD)
    assert kata("bounded")[0] == 0
    return at_a_terminal


def end(terminal: pexpect.spawn) -> tuple[int, list[str]]:
    """The exit status, and the last lines."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.exitstatus, terminal.before.replace("\r", "").strip().splitlines()


def answer(terminal: pexpect.spawn, question: str, *typed: str) -> None:
    terminal.expect_exact(question)
    terminal.expect_exact("Enter shows the answer, q quits: ")
    terminal.sendline("")
    for each in typed:
        terminal.expect_exact("How well did you know it?")
        terminal.expect_exact("q quits: ")
        terminal.sendline(each)


def due(kata) -> list[tuple[str, int]]:
    return [(each["kata"], each["question"]) for each in json.loads(kata("--json")[1])["due"]]


@pytest.mark.parametrize("at_a_terminal", ["cold", "server"], indirect=True)
def test_questions_are_asked_answered_and_put_off(terminal, kata):
    shown = terminal("--quiz")
    shown.expect_exact("1 of 2 · bounded")
    answer(shown, "What is twice?", "x", "4")
    shown.expect(r"It comes again on \w+ \d+ \w+( \d+)?, in \d+ days\.")
    answer(shown, "And half?", "1")
    shown.expect_exact("It comes again tomorrow.")
    assert end(shown) == (0, ["2 answered."])
    assert due(kata) == []
    later = terminal("--quiz")
    assert end(later) == (
        0,
        [
            "No question is due. The next card comes tomorrow. All of one kata: "
            "python manage.py kata NAME --quiz"
        ],
    )
    assert "\x1b[3" not in shown.before


@pytest.mark.parametrize("leave", ["q", "Q ", pexpect.EOF])
def test_leaving_keeps_what_was_answered(terminal, kata, leave):
    shown = terminal("bounded", "--quiz")
    answer(shown, "What is twice?", "3")
    shown.expect_exact("Enter shows the answer, q quits: ")
    if leave is pexpect.EOF:
        shown.sendeof()
    else:
        shown.sendline(leave)
    status, lines = end(shown)
    assert (status, lines[-1]) == (0, "1 answered, 1 left for another time.")
    assert due(kata) == [("bounded", 2)]


def test_ctrl_c_keeps_what_was_answered_and_says_so(terminal, kata):
    shown = terminal("--quiz")
    answer(shown, "What is twice?", "3")
    answer(shown, "And half?")
    shown.expect_exact("q quits: ")
    shown.sendintr()
    status, lines = end(shown)
    assert (status, "Stopped. What was answered is kept." in " ".join(lines)) == (130, True)
    assert due(kata) == [("bounded", 2)]


def test_all_questions_of_a_kata_are_asked_due_or_not(terminal):
    for _ in range(2):
        shown = terminal("bounded", "--quiz")
        answer(shown, "What is twice?", "4")
        answer(shown, "And half?", "4")
        assert end(shown)[1][-1] == "2 answered."


def test_error_quiz_in_a_pipe_needs_a_terminal(kata):
    assert kata("--quiz") == (
        4,
        "",
        "CommandError: --quiz asks and waits for answers, so it needs a terminal.\n"
        "Run `python manage.py kata --quiz` in one, not in a pipe.\n",
    )


def test_quiz_before_the_first_pass_says_when_they_come(terminal, kata):
    words = "iterators has no questions to recall yet: they come with its first pass."
    assert end(terminal("iterators", "--quiz")) == (0, [words])


def test_again_is_graded_and_counts_hints_from_the_first_on(kata):
    kata.file.write_text(GOOD)
    assert "Graded easy: it comes again on " in kata("bounded")[1]
    assert "Not graded: it comes again on " in kata("bounded")[1]
    kata("bounded", "--hint", "1")
    status, out, err = kata("bounded", "--again")
    lines = out.splitlines()
    kept = Path(lines.pop(1).removeprefix("Yours is in "))
    assert (status, err) == (0, "")
    assert (kept / "exercise.py").read_text() == GOOD
    assert kata.file.read_text() == (kata.folder / "author/stub/exercise.py").read_text()
    assert lines == [
        f"A graded repeat of bounded: {kata.file} is as shipped.",
        "The next pass is graded: the first try is easy, several are good; hints make it hard,",
        "giving up again.",
        "Run it: python manage.py kata bounded",
    ]
    assert "bounded is open as a graded repeat: python manage.py kata bounded" in kata()[1]
    kata.file.write_text(GOOD)
    assert "Graded hard: it comes again " in kata("bounded")[1]
    out = kata("bounded", "--hint", "1")[1]
    assert ("First." in out, "Second." in out) == (True, False)


def test_answers_are_not_shown_while_a_repeat_is_open(kata):
    kata.file.write_text(GOOD)
    kata("bounded")
    assert kata("bounded", "--why")[0] == 0
    kata("bounded", "--again")
    status, _, err = kata("bounded", "--why")
    assert status == 4
    assert "bounded has not passed yet since --again, and --why tells the answer." in err
    assert kata("bounded", "--solution", "--give-up")[0] == 0
    kata.file.write_text(GOOD)
    assert "Graded again: it comes again " in kata("bounded")[1]


def test_two_passes_at_once_are_one_grade(kata):
    kata.file.write_text(GOOD)
    told: list[str] = []
    running = [threading.Thread(target=lambda: told.append(kata("bounded")[1])) for _ in range(3)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    assert sum("Graded easy" in out for out in told) == 1
    assert sum("Not graded" in out for out in told) == 2
    today = json.loads(kata("--calendar", "--json")[1])[-1]
    assert (today["runs"], today["reviews"]) == (3, 1)


def test_error_again_before_a_pass(kata):
    kata.file.write_text(HALF)
    kata("bounded")
    status, out, err = kata("--again")
    assert (status, out) == (4, "")
    assert err.startswith("CommandError: bounded has not passed yet, so there is nothing to repeat")
    assert kata.file.read_text() == HALF


def test_overview_shows_what_is_due_and_when_the_next_comes(kata):
    assert "Due" not in kata()[1]
    kata.file.write_text(GOOD)
    assert "2 questions to recall: python manage.py kata bounded --quiz" in kata("bounded")[1]
    assert "Due   2 questions to recall: python manage.py kata --quiz\n" in kata()[1]
    assert due(kata) == [("bounded", 1), ("bounded", 2)]
    (kata.folder / "questions.md").unlink()
    kata("--quiz")


def test_marked_kata_is_planned_until_it_passes_and_repeated_after(kata, state):
    kata.file.write_text(HALF)
    kata("bounded")
    mark(state, "bounded")
    assert "Due   bounded is planned: python manage.py kata bounded\n" in kata()[1]
    assert [each["planned"] for each in json.loads(kata("--json")[1])["due"]] == [True]
    kata.file.write_text(GOOD)
    assert "Graded good: it comes again on " in kata("bounded")[1]
    mark(state, "bounded")
    assert "Due   bounded to repeat: python manage.py kata bounded --again\n" in kata()[1]


def mark(state: Path, slug: str) -> None:
    """What the cockpit's action does to a kata's card, in the state of another process."""
    done = database.rows(
        state,
        "UPDATE core_card SET due = CURRENT_TIMESTAMP WHERE heading = '' AND kata_id IN "
        "(SELECT uuid FROM core_kata WHERE slug = ?) RETURNING id",
        slug,
    )
    assert len(done) == 1


def test_path_orders_what_is_next_until_it_is_left(kata):
    interview, performance = paths.get("interview"), paths.get("performance")
    out = kata("--path", "interview")[1]
    assert out.splitlines()[:3] == [
        f"Job interview  0 of {len(interview.katas)} passed",
        interview.about,
        "",
    ]
    assert out.splitlines()[3].split()[:2] == ["›", interview.katas[0]]
    out = kata("--path", "performance")[1]
    assert out.splitlines()[-2:] == [
        "Next: python manage.py kata select_related",
        "Leave it: python manage.py kata --path none",
    ]
    lines = kata()[1].splitlines()
    assert f"Path  performance: 0 of {len(performance.katas)} passed" in lines
    assert "Next  select_related: Follow foreign keys in one query" in lines
    listed = json.loads(kata("--json")[1])
    assert (listed["path"], listed["next"]) == ("performance", "select_related")
    kata.file.write_text(GOOD)
    assert "Next kata: python manage.py kata select_related" in kata("bounded")[1]
    assert "›  performance" in kata("--path")[1]
    kata("--path", "none")
    assert "Next  iterators: " in kata()[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--path", "preformance"], "There is no path 'preformance'.\nDid you mean performance?"),
        (["bounded", "--calendar"], "--calendar is of all katas: leave bounded out."),
        (["bounded", "--path", "none"], "--path is of all katas: leave bounded out."),
        (
            ["--quiz", "--json"],
            "--json goes with a run, --history, --measure, --diff, --calendar or",
        ),
        (["boundd", "--quiz"], "There is no kata 'boundd'."),
        (["--again"], "No kata was run yet, so a name is needed."),
    ],
)
def test_error_wrong_call_is_a_sentence_and_status_4(kata, arguments, message):
    status, out, err = kata(*arguments)
    assert (status, out) == (4, "")
    # Asked in a pipe, --quiz needs a terminal before anything else.
    assert err.removeprefix("CommandError: ").startswith(message)


def test_calendar_shows_twelve_weeks_without_colour(kata):
    kata.file.write_text(GOOD)
    kata("bounded")
    lines = kata("--calendar")[1].splitlines()
    assert [line[:3] for line in lines[1:8]] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    signs = "".join(line[5:].replace(" ", "") for line in lines[1:8])
    assert (signs.count("░"), set(signs)) == (1, {"░", "·"})
    assert lines[1][5:].replace(" ", "") in ("·" * 12, "·" * 11 + "░")
    assert lines[9:] == [
        "12 weeks: 1 run and 1 review on 1 day",
        "Today: 1 run and 1 review",
        "· none   ░ 1–2   ▒ 3–5   ▓ 6–9   █ 10 and more",
    ]
    assert max(map(len, lines)) <= 80
    found = json.loads(kata("--calendar", "--json")[1])
    assert 78 <= len(found) <= 84
    assert (found[-1]["runs"], found[-1]["reviews"], found[0]["runs"]) == (1, 1, 0)


def test_history_says_how_good_a_prediction_was(terminal, kata):
    shown = terminal("select_related")
    shown.expect_exact("A number, or Enter to skip: ")
    shown.sendline("11")
    end(shown)
    out = kata("select_related", "--history")[1]
    assert "You said 11 queries for packing_list(10), and it sent 41.\n" in out
