"""`kata --watch` as a person meets it: real files, a real terminal, and nothing left behind."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from core.watch import files
from tests import database
from tests.conftest import ROOT, SAMPLES, copy_sample, left_behind, wait_for
from tests.forkserver import ForkServer
from tests.terminal import Terminal

GOOD = (SAMPLES / "sources" / "passed" / "exercise.py").read_text()
WRONG = "def double(n):\n    return n + 2\n\n\ndef double_all(numbers):\n    return None\n"
HINTS = (
    "# Hints\n\n## 1.\n\n1. What is twice?\n2. See `*`.\n3. One operator.\n\n"
    "## 2.\n\n1. Which task helps?\n2. A loop.\n3. A comprehension.\n"
)
LINES = termios.ICANON | termios.ECHO  # how a shell has its terminal
LOOKED = files.LOOK / 1000 + 0.4  # seconds after which a watcher has looked without an event


class Watched:
    """A workspace of its own with two katas in it, and the watching processes."""

    def __init__(self, path: Path, folder: Path, migrated: Path, forkserver: ForkServer) -> None:
        self.forkserver = forkserver
        self.folder = folder
        self.file = folder / "exercise.py"
        self.state = database.copy(migrated, path / "state")
        self.begun, self.end = self.state / "begun", self.state / "end"
        self.temporary = path / "tmp"
        self.temporary.mkdir()
        self.environment = os.environ | {
            **database.workspace(self.state),
            "KATA_PATH": str(folder.parent.parent),
            "KATA_SERVER": "0",
            "TMPDIR": str(self.temporary),
            "TERM": "xterm",
        }
        for name in ("COLUMNS", "NO_COLOR", "DJANGO_SETTINGS_MODULE", "KATA_WATCH"):
            self.environment.pop(name, None)
        self.started: list[pexpect.spawn | subprocess.Popen[str]] = []

    def start(self, *arguments: str, **env: str) -> pexpect.spawn:
        """`kata --watch` on a terminal."""
        terminal = Terminal(
            self.forkserver,
            "manage.py",
            "kata",
            *(arguments or ("bounded", "--watch")),
            env=self.environment | env,
            dimensions=(50, 90),
            timeout=60,
        )
        self.started.append(terminal)
        return terminal

    def pipe(self, **env: str) -> "subprocess.Popen[str]":
        """The same without any terminal."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "kata", "bounded", "--watch"],
            cwd=ROOT,
            env=self.environment | {"PYTHONUNBUFFERED": "1"} | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def runs(self) -> list[tuple[str, str]]:
        """Slug and status of each run that was stored, oldest first."""
        joined = "core_run JOIN core_kata ON kata_id = uuid"
        return self.ask(f"SELECT slug, status FROM {joined} ORDER BY core_run.id")

    def ask(self, query: str) -> list[tuple]:
        return database.rows(self.state, query)

    def slow(self) -> str:
        """An exercise that says in `begun` who runs it, and waits for `end` (four seconds at most)."""
        return (
            "import pathlib, time\n\n"
            "keeper = pathlib.Path('/proc/self/cmdline').read_text()\n"
            f"pathlib.Path({str(self.begun)!r}).write_text(keeper)\n"
            f"while not pathlib.Path({str(self.end)!r}).exists():\n    time.sleep(0.02)\n"
        ) + GOOD


@pytest.fixture
def watched(tmp_path, monkeypatch, migrated, forkserver) -> Iterator[Watched]:
    copy_sample("plain_pytest", tmp_path, monkeypatch)
    folder = copy_sample("bounded", tmp_path, monkeypatch, exercise=WRONG)
    (folder / "hints.md").write_text(HINTS)
    found = Watched(tmp_path, folder, migrated, forkserver)
    yield found
    for process in found.started:
        if isinstance(process, pexpect.spawn):
            process.close(force=True)
        else:
            process.kill()
            process.communicate()
    wait_for(lambda: not left_behind(found.temporary))


def shown(terminal: pexpect.spawn, status: str) -> str:
    """Wait for a verdict and the footer below it; its words, without codes and line ends."""
    terminal.expect(rf"(?s)\w+  .*? {status}\x1b.* seed \d+.*watching exercise.py by [\w ]+")
    return " ".join(re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", terminal.after).split())


def save(path: Path, text: str) -> None:
    """As most editors do: a new file, renamed over the old one."""
    fresh = path.with_name("exercise.py~")
    fresh.write_text(text)
    fresh.rename(path)


def ended(terminal: pexpect.spawn) -> int | None:
    terminal.expect(pexpect.EOF)
    terminal.wait()
    return terminal.exitstatus


def test_save_shows_the_new_verdict_and_a_broken_file_does_not_end_it(watched):
    terminal = watched.start()
    first = shown(terminal, "failed")
    assert "call double(0) got 2 expected 0" in first
    assert "r run again · h hint · n next · q quit · watching exercise.py by file events" in first
    save(watched.file, GOOD)
    terminal.expect_exact("\r\x1b[2K\x1b[2J\x1b[H")  # the footer taken back, the screen cleared
    assert "Passed. n brings the next: plain_pytest, " in shown(terminal, "passed")
    watched.file.write_text("def double(n:\n")
    assert "SyntaxError" in shown(terminal, "error")
    watched.file.unlink()
    assert "is missing." in shown(terminal, "error")
    watched.file.mkdir()
    assert "is a folder, not a file." in shown(terminal, "error")
    watched.file.rmdir()
    watched.file.write_text(GOOD)
    shown(terminal, "passed")
    assert {slug for slug, _ in watched.runs()} == {"bounded"}


def test_saves_during_a_run_are_one_more_run_of_the_newest(watched):
    watched.file.write_text(watched.slow())
    terminal = watched.start()
    wait_for(watched.begun.exists)
    save(watched.file, "broken(")
    time.sleep(0.15)
    save(watched.file, WRONG)
    watched.end.touch()
    shown(terminal, "passed")
    shown(terminal, "failed")
    time.sleep(LOOKED)
    assert watched.runs() == [("bounded", "passed"), ("bounded", "failed")]


def test_touch_noise_and_the_same_content_do_not_run(watched):
    terminal = watched.start()
    shown(terminal, "failed")
    watched.file.touch()
    save(watched.file, WRONG)
    for name in ("tests.py~", ".exercise.py.swp", "notes.txt", "author/stub/exercise.py"):
        (watched.folder / name).write_text("changed")
    time.sleep(LOOKED)
    assert len(watched.runs()) == 1
    save(watched.file, GOOD + "\n")
    save(watched.file, GOOD)
    shown(terminal, "passed")
    time.sleep(LOOKED)
    assert len(watched.runs()) == 2


def test_keys_run_again_hint_next_and_quit(watched):
    watched.file.write_text(GOOD)
    terminal = watched.start()
    shown(terminal, "passed")
    terminal.send("r")
    shown(terminal, "passed")
    terminal.send("h")
    terminal.expect("What is twice[?].*2 more.*q quit")
    terminal.send("x\x1b[A\x1bOq")  # another key, an arrow, and one of the number block
    terminal.send("n")
    assert "plain_pytest" in shown(terminal, r"(passed|failed|error)")
    (watched.folder.parent / "plain_pytest" / "exercise.py").write_text("broken(")
    shown(terminal, "error")
    terminal.send("q")
    assert ended(terminal) == 0
    assert [slug for slug, _ in watched.runs()] == ["bounded"] * 2 + ["plain_pytest"] * 2
    focused = watched.start("--watch")
    assert "plain_pytest" in shown(focused, "error")


@pytest.mark.parametrize(
    ("key", "status", "running"), [("q", 0, True), ("\x03", 130, True), ("\x03", 130, False)]
)
def test_terminal_is_given_back_and_a_run_ends(watched, key, status, running):
    terminal = watched.start()
    before = termios.tcgetattr(terminal.child_fd)
    shown(terminal, "failed")
    assert not termios.tcgetattr(terminal.child_fd)[3] & LINES
    if running:
        save(watched.file, watched.slow())
        wait_for(watched.begun.exists)
    terminal.send(key)
    assert ended(terminal) == status
    assert termios.tcgetattr(terminal.child_fd) == before
    assert "Traceback" not in terminal.before
    assert len(watched.runs()) == 1
    wait_for(lambda: not left_behind(watched.temporary))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_from_outside_it_gives_the_terminal_back(watched, number):
    terminal = watched.start()
    before = termios.tcgetattr(terminal.child_fd)
    shown(terminal, "failed")
    terminal.kill(number)
    ended(terminal)
    assert terminal.exitstatus == 128 + number
    assert termios.tcgetattr(terminal.child_fd) == before


def test_stopped_and_continued_it_reads_keys_again(watched):
    terminal = watched.start()
    before = termios.tcgetattr(terminal.child_fd)
    shown(terminal, "failed")
    os.kill(terminal.pid, signal.SIGSTOP)
    termios.tcsetattr(terminal.child_fd, termios.TCSANOW, before)  # as the shell does
    os.kill(terminal.pid, signal.SIGCONT)
    wait_for(lambda: not termios.tcgetattr(terminal.child_fd)[3] & LINES)
    terminal.send("q")
    assert ended(terminal) == 0


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "Watching exercise.py by file events. Ctrl-C ends it."),
        (
            {"KATA_WATCH": "poll"},
            "Watching exercise.py by polling, as KATA_WATCH says so. Ctrl-C ends it.",
        ),
    ],
)
def test_pipe_gets_one_verdict_after_the_other(watched, environment, says):
    process = watched.pipe(**environment)
    lines = iter(process.stdout.readline, "")
    first = until(lines, "Ctrl-C ends it.")
    assert first[-1] == says
    assert any("✗ failed" in line for line in first)
    save(watched.file, GOOD)
    second = until(lines, "✓ passed")
    assert re.fullmatch(r"─+ \d\d:\d\d:\d\d ─+", second[0])
    save(watched.file, GOOD + "\n")  # within the same second: polling is to see it all the same
    third = until(lines, "✓ passed")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert "\x1b" not in "".join([*first, *second, *third])


def until(lines: Iterator[str], words: str) -> list[str]:
    found = []
    for line in lines:
        found.append(line.rstrip())
        if words in line:
            break
    return found


def test_question_before_the_first_run_is_answered_by_a_line(watched):
    recorded = watched.folder / "author" / "cases.json"
    recorded.write_text(json.dumps(json.loads(recorded.read_text()) | {"predict": "double(2)"}))
    terminal = watched.start()
    terminal.expect("Enter to skip: ")
    assert termios.tcgetattr(terminal.child_fd)[3] & LINES == LINES
    terminal.send("12q\x7f\r")
    shown(terminal, "failed")
    assert not termios.tcgetattr(terminal.child_fd)[3] & LINES
    terminal.send("q")
    assert ended(terminal) == 0
    assert watched.ask("SELECT call, queries FROM core_prediction") == [("double(2)", 12)]


def test_background_server_runs_it_once_it_is_there(watched):
    runtime = Path(tempfile.mkdtemp(prefix="kx-"))  # short: a socket's path may not be long
    terminal = watched.start(KATA_SERVER="1", XDG_RUNTIME_DIR=str(runtime), KATA_IDLE="300")
    shown(terminal, "failed")
    wait_for(lambda: list(runtime.glob("*/socket")), 60)
    save(watched.file, watched.slow())
    wait_for(lambda: watched.begun.exists() and watched.begun.read_text())
    assert "core.server.warm" in watched.begun.read_text()
    terminal.send("q")
    assert ended(terminal) == 0
    assert watched.runs() == [("bounded", "failed")]
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(next(runtime.glob("*/socket"))))
        whose = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    os.kill(struct.unpack("3i", whose)[0], signal.SIGTERM)
    wait_for(lambda: not list(runtime.iterdir()))
    runtime.rmdir()


def test_without_its_terminal_it_ends(watched):
    terminal = watched.start()
    shown(terminal, "failed")
    terminal.ptyproc.fileobj.close()
    wait_for(lambda: not terminal.isalive())


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["boundd", "--watch"], {}, "There is no kata 'boundd'.\nDid you mean bounded?"),
        (["bounded", "--watch", "--source", "stub"], {}, "--source does not go with it."),
        (["bounded", "--watch"], {"KATA_WATCH": "yes"}, "KATA_WATCH is 'yes'; it may be poll"),
    ],
)
def test_wrong_call_says_so_and_exits_with_4(watched, manage, arguments, environment, words):
    status, out, err = manage("kata", *arguments, env=watched.environment | environment)
    assert (status, out) == (4, "")
    assert words in err
