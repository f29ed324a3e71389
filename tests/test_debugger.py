"""A real debugger: debugpy starts a kata's tests as .vscode says, and stops in the learner's file."""

import contextlib
import importlib.util
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import database
from tests.conftest import ROOT, SAMPLES, in_ci, unavailable
from tests.test_editor import EDITOR
from tests.worker.conftest import workspace

__all__ = ["workspace"]

PATIENCE = 60  # seconds that an answer may take


class Debugger:
    """The editor's end of the Debug Adapter Protocol: requests, answers and events on a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.stream = connection.makefile("rb")
        self.numbers = itertools.count(1)
        self.waiting: list[dict[str, Any]] = []

    def send(self, command: str, **arguments: Any) -> int:
        number = next(self.numbers)
        message = {"seq": number, "type": "request", "command": command, "arguments": arguments}
        content = json.dumps(message).encode()
        self.connection.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        return number

    def answer(self, number: int) -> dict[str, Any]:
        found = self.until(lambda message: message.get("request_seq") == number)
        assert found["success"], found
        return found.get("body", {})

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        return self.answer(self.send(command, **arguments))

    def event(self, name: str) -> dict[str, Any]:
        return self.until(lambda message: message.get("event") == name).get("body", {})

    def until(self, wanted) -> dict[str, Any]:
        """The first message that is wanted; the others wait for whoever asks for them."""
        for message in itertools.chain(tuple(self.waiting), self.messages()):
            if wanted(message):
                if message in self.waiting:
                    self.waiting.remove(message)
                return message
            if message not in self.waiting:
                self.waiting.append(message)
        raise AssertionError(f"the debugger went away; it had said {self.waiting}")

    def messages(self) -> Iterator[dict[str, Any]]:
        while header := self.stream.readline():
            self.stream.readline()
            yield json.loads(self.stream.read(int(header.partition(b":")[2])))


@contextlib.contextmanager
def debugged(arguments: list[str], folder: Path, **variables: str) -> Iterator[Debugger]:
    """An editor at `python -m debugpy … ARGUMENTS`, which waits for it and prints to words.txt."""
    if not importlib.util.find_spec("debugpy"):
        unavailable("debugpy: run `scripts/test` once, which installs what the checks need")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = ["--listen", f"127.0.0.1:{port}", "--wait-for-client"]
    environment = os.environ | database.workspace(folder) | {"KATA_PATH": str(SAMPLES)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment |= variables
    command = [sys.executable, "-m", "debugpy", *where, *arguments]
    with (folder / "words.txt").open("wb") as words:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=words, stderr=words)
    try:
        with connected(port) as connection:
            yield Debugger(connection)
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()


def connected(port: int) -> socket.socket:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "debugpy does not listen"
            time.sleep(0.05)
        else:
            connection.settimeout(PATIENCE)
            return connection


def line_of(path: Path, text: str) -> int:
    return path.read_text().splitlines().index(text) + 1


CASES = {
    "plain function": (
        ROOT / "katas/orm/select_related/exercise.py",
        '    loans = Loan.objects.filter(back_at=None).order_by("out_at", "pk")',
        "open_loans",
    ),
    "tests with a user model of the kata": (
        SAMPLES / "runner/swapped_user/tests.py",
        '        self.assertEqual((type(user).__name__, user.nickname), ("Person", "none"))',
        "test_the_user_model_is_the_katas",
    ),
}


@pytest.mark.parametrize(
    ("path", "text", "function"),
    [
        pytest.param(
            *case, id=name, marks=[] if name == "plain function" else in_ci("five seconds")
        )
        for name, case in CASES.items()
    ],
)
def test_breakpoint_stops_in_the_file_that_is_open(tmp_path, path, text, function):
    launch = EDITOR["launch"]["configurations"][0]
    assert (launch["type"], launch["cwd"]) == ("debugpy", "${workspaceFolder}")
    known = {"${file}": str(path), "${workspaceFolder}": str(ROOT)}
    arguments = launch["args"]
    for name, value in known.items():
        arguments = [argument.replace(name, value) for argument in arguments]
    with debugged(["-m", launch["module"], *arguments], tmp_path) as debugger:
        attach(debugger, path, text)
        assert stopped_at(debugger, path, text).endswith(function)
        debugger.event("terminated")
    words = (tmp_path / "words.txt").read_text()
    assert f"kata: {path.parent.name} in place, seed " in words
    assert re.search(r"=+ .*\d passed", words)


def attach(debugger: Debugger, path: Path, text: str) -> None:
    """With a breakpoint at that line, as VS Code does it."""
    line = line_of(path, text)
    debugger.ask("initialize", adapterID="debugpy", pathFormat="path")
    attached = debugger.send("attach", justMyCode=True)
    debugger.event("initialized")
    breakpoints = {"source": {"path": str(path)}, "breakpoints": [{"line": line}]}
    told = debugger.ask("setBreakpoints", **breakpoints)["breakpoints"]
    assert [(each["verified"], each["line"]) for each in told] == [(True, line)]
    debugger.ask("configurationDone")
    debugger.answer(attached)


def stopped_at(debugger: Debugger, path: Path, text: str) -> str:
    """The function that is stopped at that line; it goes on, without the breakpoint."""
    stopped = debugger.event("stopped")
    assert stopped["reason"] == "breakpoint"
    top = debugger.ask("stackTrace", threadId=stopped["threadId"])["stackFrames"][0]
    assert (top["source"]["path"], top["line"]) == (str(path), line_of(path, text))
    debugger.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[])
    debugger.ask("continue", threadId=stopped["threadId"])
    return top["name"]


def test_breakpoint_stops_in_a_worker_that_waits_for_the_editor(workspace):
    (task,) = (each for each in EDITOR["tasks"]["tasks"] if "worker" in each["label"])
    launches = {each["name"]: each for each in EDITOR["launch"]["configurations"]}
    port = launches["Attach to a waiting worker"]["connect"]["port"]
    waits = ["-m", "debugpy", "--listen", f"127.0.0.1:{port}", "--wait-for-client"]
    assert task["args"][:5] == waits
    path = ROOT / "core" / "worker" / "judging.py"
    text = "    run = queue.claim(number)"
    with debugged(task["args"][5:], workspace.folder, **workspace.environment) as debugger:
        attach(debugger, path, text)
        runs = workspace.ask("enqueue", ["pages"])
        assert stopped_at(debugger, path, text) == "judge"
        assert workspace.wait(runs) == [("passed", 1)]
        debugger.ask("disconnect", terminateDebuggee=True)
