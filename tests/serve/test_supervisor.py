"""Parts that do not come to run, or do not stay: real processes, of a line each."""

import io
import os
import signal
import sys

import pytest

from core.report.console import console
from core.serve import supervisor as module
from core.serve.broker import Broker
from core.serve.log import Log
from core.serve.part import Part, how
from core.serve.supervisor import Failed, Supervisor
from tests.queue.conftest import server, use_broker  # noqa: F401

READY = "import os; os.write(int(os.environ['KATA_READY']), b'.');"
STAYS = READY + "import signal; signal.pause()"

ENDED = "Ending all parts … (Ctrl-C once more: at once)\nAll parts have ended.\n"


@pytest.fixture
def supervise(server, use_broker, monkeypatch):  # noqa: F811
    """Supervise parts by their code, until one fails or `announce` has a signal sent; the log."""
    use_broker(server.url)
    monkeypatch.setattr(module, "PAUSE", 0.0)
    out = io.StringIO()

    def supervise(announce=lambda: None, **codes: str) -> Supervisor:
        parts = [Part(name, [sys.executable, "-c", code]) for name, code in codes.items()]
        supervise.parts = parts
        supervisor = Supervisor(parts, Broker(), Log(console(out)))
        supervisor.run(announce)
        return supervisor

    supervise.lines = lambda: [
        line[10:] for line in out.getvalue().splitlines() if line[2:3] == ":"
    ]
    supervise.said = out.getvalue
    return supervise


def end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_all_answer_then_all_end(supervise):
    found = supervise(end, web=STAYS, worker=STAYS)
    assert [part.process for part in found.parts] == [None, None]
    assert sorted(supervise.lines()) == ["web     answers", "worker  answers"]
    assert supervise.said().endswith(ENDED)


def test_signals_are_what_they_were_afterwards(supervise):
    before = signal.getsignal(signal.SIGINT)
    supervise(end, web=STAYS)
    assert signal.getsignal(signal.SIGINT) is before


def test_words_of_parts_are_lines_of_one_log(supervise):
    """Also what is cut by a pipe's end, is no text, or comes without a newline at the end."""
    code = r"import sys; sys.stdout.buffer.write(b'one\n\ntw\xff\nlast'); sys.stdout.flush();"
    supervise(end, web="import time;" + code + STAYS)
    assert supervise.lines()[:2] == ["web     one", "web     tw�"]


def test_part_that_keeps_ending_ends_all_with_its_last_words(supervise):
    with pytest.raises(Failed) as error:
        supervise(web=STAYS, worker="import sys; sys.exit('no room\\nat all')")
    assert str(error.value) == (
        "The worker ended with status 1, 3 times soon after its start.\n"
        + "  no room\n  at all\n" * 2
        + "  no room\n  at all"
    )
    assert [part.process for part in supervise.parts] == [None, None]
    assert supervise.lines().count("worker  ended with status 1; it is started again") == 2


def test_part_that_does_not_answer_ends_all(supervise, monkeypatch):
    monkeypatch.setattr(module, "START", 0.3)
    with pytest.raises(Failed, match=r"^The beat did not answer within 0 s\.$"):
        supervise(web=STAYS, beat="import signal; signal.pause()")


def test_part_that_ran_for_long_may_end_again_and_again(supervise, monkeypatch):
    monkeypatch.setattr(module, "SOON", 0.0)
    words = []

    def note(log: Log, part: str, line: str) -> None:
        words.append(line)
        if words.count("answers again") == 4:
            end()

    monkeypatch.setattr(Log, "__call__", note)
    supervise(web=STAYS.replace("signal.pause()", "signal.setitimer(0, 0.1); signal.pause()"))
    again = ["ended by the signal SIGALRM; it is started again", "answers again"]
    assert words[:9] == ["answers", *again * 4]


def test_part_that_does_not_end_is_killed_in_time(supervise, monkeypatch):
    monkeypatch.setattr(module, "END", 0.3)
    deaf = STAYS.replace(
        "signal.pause()", "signal.signal(15, signal.SIG_IGN); os.fork(); signal.pause()"
    )
    supervise(end, web="import os;" + deaf)
    assert supervise.parts[0].process is None


def test_environment_of_the_broker_is_the_parts_too(supervise, monkeypatch):
    monkeypatch.delenv("KATA_REDIS_URL", raising=False)
    code = "import os; print(os.environ.get('KATA_REDIS_URL'), flush=True);" + STAYS
    supervise(end, web=code)
    assert supervise.lines()[0] == "web     None"  # REDIS_URL names it to all alike


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0, "with status 0"),
        (3, "with status 3"),
        (-9, "by the signal SIGKILL"),
        (-99, "by the signal 99"),
    ],
)
def test_how_a_part_ended(status, words):
    assert how(status) == words
