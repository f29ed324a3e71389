"""`serve`: all parts at once, kept running, and gone without a trace."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.conftest import ROOT, in_ci, wait_for
from tests.lab.conftest import write_kata
from tests.lab.http import asked
from tests.serve.conftest import LINK, Served

slow = in_ci("some seconds, to start all parts")
LINE = re.compile(r"\d\d:\d\d:\d\d  (web   |worker|beat  |broker)  \S")


def test_new_workspace_is_made_served_and_ended(tmp_path):
    """From nothing; what is printed is the one log."""
    served = Served(tmp_path, tmp_path / "state")
    served.start()
    assert served.health()["ok"] is True
    head, _, rest = served.words().partition("\nThe workspace is at ")
    assert head.startswith("Bringing the database up to date …\n")
    assert [line for line in head.splitlines()[1:] if not LINE.match(line)] == []
    assert rest.startswith(f"{served.url}/\nLog in, once and within ten minutes: {served.link}\n")
    assert served.stop() == 0
    assert served.words().endswith("All parts have ended.\n")
    served.close()


def test_lab_of_the_kata_that_was_run_last_is_open_and_ends_with_all(served):
    tests = (
        "import unittest\n\n\nclass One(unittest.TestCase):\n    def test_it(self):\n        pass\n"
    )
    write_kata(served.folder / "gates", "last", more='database = "none"', exercise="", tests=tests)
    command = [sys.executable, "manage.py", "kata", "last", "--cold"]
    assert subprocess.run(command, cwd=ROOT, env=served.environment).returncode == 0
    served.start()
    link = re.search(r"The lab of last: (http://127\.0\.0\.1:\d+/enter/\S+/)", served.words())[1]
    answer = asked("GET", link)
    assert (answer.status, answer.headers["Location"]) == (302, "/lab/")
    served.process.kill()
    served.process.wait()
    wait_for(served.is_clean, 60)


@slow
def test_link_logs_in_and_the_admin_has_its_styles_and_schedules(served):
    served.start()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(served.link).read().decode()
    assert "Log out" in page
    style = re.search(r'href="(/static/admin/css/base\S*\.css)"', page)[1]
    assert b"body" in opener.open(served.url + style).read()
    schedules = opener.open(f"{served.url}/admin/django_celery_beat/periodictask/").read().decode()
    assert "Give back what dead workers left" in schedules
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(served.link)


@slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_all_and_gives_back_the_run_that_takes_too_long(served, number):
    served.start()
    client = subprocess.Popen(
        [sys.executable, "-m", "tests.worker.drive"],
        cwd=ROOT,
        env=served.environment | {"KATA_REDIS_URL": broker_of(served)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.communicate('["enqueue", ["gate"]]\n')[0] == "[1]\n"
    served.gate.reached()
    assert served.stop(number, seconds=15) == 0
    served.gate.abandoned()
    wait_for(served.is_clean)
    served.start()  # and after the next start it is judged
    served.gate.reached()
    served.gate.open()
    wait_for(lambda: "gate passed" in served.words())


def broker_of(served: Served) -> str:
    environment = Path(f"/proc/{served.pid_of('worker')}/environ").read_text().split("\0")
    return next(v for n, _, v in (e.partition("=") for e in environment) if n == "KATA_REDIS_URL")


@slow
def test_second_ctrl_c_ends_all_at_once(served):
    served.start()
    worker = served.pid_of("worker")
    os.kill(worker, signal.SIGSTOP)  # it will not end by itself
    served.process.send_signal(signal.SIGINT)
    wait_for(lambda: "Ending all parts" in served.words())
    assert served.stop(seconds=5) == 0
    assert worker not in served.processes()


@slow
def test_closed_terminal_ends_all(served):
    served.start(terminal=True)
    seen = b""
    while b"Ctrl-C stops it." not in seen:
        seen += os.read(served.master, 4096)
    assert b"\x1b[" in seen  # colours
    assert LINK.search(seen.decode())
    os.close(served.master)
    served.master = -1
    assert served.process.wait(timeout=60) in (0, 4)
    wait_for(served.is_clean)


@slow
def test_log_that_nobody_reads_any_more_ends_all(served):
    """As under `| head -n 1`."""
    served.process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", "0"],
        cwd=ROOT,
        env=served.environment,
        stdout=subprocess.PIPE,
    )
    served.process.stdout.readline()
    served.process.stdout.close()
    assert served.process.wait(timeout=60) == 0
    wait_for(served.is_clean)


@slow
def test_nothing_stays_where_serve_itself_is_killed(served):
    served.start()
    served.process.kill()
    served.process.wait()
    wait_for(served.is_clean)


@slow
def test_second_start_says_where_it_runs_with_a_new_link(served):
    served.start()
    status, out, err = served.again()
    assert (status, err) == (0, "")
    first, second = out.splitlines()
    assert first == f"It runs already, at {served.url}/ (process {served.process.pid})."
    link = LINK.search(second)[0]
    assert second == f"Log in, once and within ten minutes: {link}"
    assert link.startswith(served.url)


def test_port_in_use_names_another(served):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = served.again("--port", str(port))
    assert (status, out) == (4, "")
    assert err == (
        f"CommandError: Port {port} of 127.0.0.1 is in use.\n"
        f"Name another: `scripts/serve --port {port + 1}`.\n"
    )


@pytest.mark.parametrize(
    ("flag", "value", "words"),
    [
        ("--port", "x", "Argument --port: 'x' is not a port, 0 to 65535."),
        ("--port", "65536", "Argument --port: '65536' is not a port, 0 to 65535."),
        ("--runs", "0", "Argument --runs: '0' is not a number of runs, 1 to 64."),
    ],
)
def test_wrong_number_gets_a_sentence(served, flag, value, words):
    assert served.again(flag, value) == (4, "", f"{words}\nRun `python manage.py serve --help`.\n")


def test_redis_that_does_not_answer_is_said(served):
    served.environment["REDIS_URL"] = f"unix://{served.short}/nothing?db=0"
    status, out, err = served.again("--port", "0")
    assert (status, out) == (4, "")
    assert err.startswith("CommandError: The Redis that REDIS_URL names does not answer: ")
    assert err.endswith("Start it, or unset the variable: then the workspace brings its own.\n")


@slow
@pytest.mark.parametrize("part", ["worker", "web", "beat"])
def test_part_that_dies_is_started_again(served, part):
    served.start()
    killed = served.pid_of(part)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: f"{part.ljust(6)}  answers again" in served.words(), 60)
    assert f"{part.ljust(6)}  ended by the signal SIGKILL; it is started again" in served.words()
    assert served.pid_of(part) != killed
    wait_for(lambda: served.health()["ok"])


@slow
def test_broker_that_dies_is_started_again_and_the_parts_find_it(served):
    served.start()
    os.kill(served.valkey(), signal.SIGKILL)
    wait_for(lambda: "broker  ended; it is started again" in served.words())
    wait_for(lambda: served.health()["ok"], 30)
    assert served.process.poll() is None
