"""The background server: the same answers, sooner, and nothing left behind however it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from core import catalogue, runtime
from core.runner.run import run
from core.server.warm import ON_DEMAND, PRELOAD
from tests import database
from tests.conftest import ROOT, SAMPLES, copy_sample, in_ci, unavailable, wait_for
from tests.runner.test_samples import KATAS, SOURCES, golden

GOOD = (SAMPLES / "sources" / "passed" / "exercise.py").read_text()


class Workspace:
    """A workspace of its own with a runtime folder of its own, and whatever server it starts."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.folder = folder
        self.runtime = Path(tempfile.mkdtemp(prefix="kx-"))
        self.environment = os.environ | {
            **database.workspace(path / "state"),
            "KATA_PATH": str(folder.parent.parent),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "TMPDIR": str(self.runtime),
            "KATA_SERVER": "1",
            "KATA_IDLE": "60",
            "COLUMNS": "80",
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)

    def manage(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | env,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def start(self, **env: str) -> subprocess.Popen[bytes]:
        server = subprocess.Popen(
            [sys.executable, "-m", "core.server.server"], cwd=ROOT, env=self.environment | env
        )
        wait_for(lambda: self.sockets() or server.poll() is not None)
        return server

    def sockets(self) -> list[Path]:
        return list(self.runtime.glob("*/socket"))

    def processes(self) -> dict[int, str]:
        """Those whose environment names the runtime folder: the servers; the forker's does not."""
        return {
            pid: command
            for pid, command in everyone().items()
            if f"XDG_RUNTIME_DIR={self.runtime}" in read(f"/proc/{pid}/environ")
        }

    def running(self) -> list[Path]:
        """The run folders that are there."""
        return [path for path in self.runtime.glob("kata-*") if (path / "tmp").exists()]

    def forkers(self, server: subprocess.Popen[bytes]) -> list[int]:
        return [
            pid
            for pid, command in everyone().items()
            if "core.server.warm" in command and parent(pid) == server.pid
        ]


@pytest.fixture
def workspace(tmp_path, state, monkeypatch):
    found = Workspace(tmp_path, copy_sample("bounded", tmp_path, monkeypatch, exercise=GOOD))
    yield found
    for pid, command in found.processes().items():
        # A host that is killed would leave its folder to a next one, and here there is none.
        os.kill(pid, signal.SIGTERM if "core.needs.host" in command else signal.SIGKILL)
    shutil.rmtree(found.runtime, ignore_errors=True)


def everyone() -> dict[int, str]:
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return {pid: read(f"/proc/{pid}/cmdline") for pid in pids}


def read(path: str) -> str:
    try:
        return Path(path).read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def parent(pid: int) -> int:
    """Its parent; 0 for a process that is gone."""
    fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


SPINS = ("endless_in_c", "swallows_everything")  # up to its limit of seconds; endless_loop does too


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=in_ci("four seconds of processor") if name in SPINS else [])
        for name in SOURCES
    ],
)
def test_warm_verdict_is_the_cold_one(name, forker, samples):
    source = str(SAMPLES.relative_to(Path.cwd()) / "sources" / name)
    verdict, _ = run(catalogue.get("bounded"), source, seed=1, launch=forker)
    expected = json.loads((SAMPLES / "verdicts" / f"{name}.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(golden(verdict))) == expected


@pytest.mark.parametrize("name", KATAS)
def test_warm_verdict_of_a_kata_is_the_cold_one(name, forker, samples):
    verdict, _ = run(catalogue.get(name), seed=1, launch=forker)
    path = SAMPLES / "verdicts" / f"kata-{name}.json"
    assert json.loads(json.dumps(golden(verdict))) == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["select_related", "serializers"])
def test_preload_holds_what_a_run_imports(name, tmp_path):
    """Only models, and what the kata brings, is left to import after the fork."""
    kata = catalogue.get(name)
    source = tmp_path / kata.edit[0]
    solution = kata.folder / "author" / "solution" / kata.edit[0]
    source.write_text(
        "import sys\n" + solution.read_text() + "\nprint('\\n'.join(sorted(sys.modules)))\n"
    )
    verdict, _ = run(kata, str(source), seed=1)
    brings = [each for name in kata.uses for each in ON_DEMAND.get(name, ())]
    assert late(verdict.output, (*PRELOAD, *brings)) == MODELS


def test_clients_hold_what_a_run_on_servers_imports(tmp_path, monkeypatch):
    folder = copy_sample("post", tmp_path, monkeypatch)
    with (folder / "tests.py").open("a") as file:
        file.write("\n\nclass Zoo(unittest.TestCase):\n    def test_last(self):\n")
        file.write("        import sys\n        print('\\n'.join(sorted(sys.modules)))\n")
    verdict, _ = run(catalogue.get("post"), seed=1)
    assert verdict.status == "passed"
    found = late(verdict.output, (*PRELOAD, *ON_DEMAND["postgres"], *ON_DEMAND["redis"]))
    # A server at a host, not at a socket of ours: its name is looked up.
    assert [name for name in found if name not in ("encodings.idna", "stringprep")] == MODELS


MODELS = [
    "django.contrib.auth.base_user",
    "django.contrib.auth.models",
    "django.contrib.contenttypes.models",
]


def late(output: str, preload: tuple[str, ...]) -> list[str]:
    """What a run imported, by its output, beside what was imported before the fork."""
    imported = set(output.split())
    code = f"import importlib, sys\nfor name in {preload}:\n    importlib.import_module(name)\n"
    code += "import core.server.warm\nfrom django.conf import settings\n"
    code += "assert not settings.configured\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    brought = ("katas", "copies", "core.bookshop", "__mp", "runpy")
    left = imported - set(done.stdout.split())
    return sorted(name for name in left if not name.startswith(brought))


def test_first_command_starts_it_and_the_next_is_answered_by_it(workspace):
    first = workspace.manage("kata", "bounded", "--seed", "1")
    wait_for(workspace.sockets)
    second = workspace.manage("kata", "bounded", "--seed", "1")
    assert (first.returncode, second.returncode) == (0, 0)
    graded = first.stdout.replace("Graded easy: it", "Not graded: it")  # the first pass alone is
    assert without_time(graded) == without_time(second.stdout)
    assert len(json.loads(workspace.manage("kata", "--history", "--json").stdout)) == 2


def without_time(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "cases pass" not in line)


@pytest.mark.parametrize("arguments", [["--cold"], []])
def test_told_not_to_it_is_not_started(workspace, arguments):
    env = {} if arguments else {"KATA_SERVER": "0"}
    assert workspace.manage("kata", "bounded", *arguments, **env).returncode == 0
    time.sleep(0.5)
    assert workspace.processes() == {}


def test_errors_and_statuses_come_through(workspace):
    workspace.start()
    unknown = workspace.manage("kata", "boundd")
    assert (unknown.returncode, unknown.stdout) == (4, "")
    assert unknown.stderr.startswith(
        "CommandError: There is no kata 'boundd'.\nDid you mean bounded?"
    )
    assert workspace.manage("kata", "bounded", "--source", "stub").returncode == 1
    assert workspace.manage("kata", "bounded", "--nonsense").returncode == 4


def test_newer_code_or_environment_replaces_it(workspace):
    server = workspace.start()
    answer = workspace.manage("kata", "bounded", REDIS_URL="redis://other")
    assert answer.returncode == 0
    assert server.wait(60) == 0
    wait_for(workspace.sockets)
    assert len([c for c in workspace.processes().values() if "core.server.server" in c]) == 1


def hosts(workspace: Workspace) -> list[int]:
    return [pid for pid, command in workspace.processes().items() if "core.needs.host" in command]


def test_it_keeps_the_servers_of_katas_until_it_ends(workspace):
    shutil.copytree(SAMPLES / "runner" / "shelf", workspace.folder.parent / "shelf")
    server = workspace.start()
    first = workspace.manage("kata", "shelf")
    assert first.returncode == 0, first.stdout + first.stderr
    kept = hosts(workspace)
    assert len(kept) == 1
    assert workspace.manage("kata", "shelf").returncode == 0
    assert hosts(workspace) == kept
    server.terminate()
    assert server.wait(60) == 0
    wait_for(lambda: not workspace.processes())


def test_idle_it_ends_and_leaves_nothing(workspace):
    server = workspace.start(KATA_IDLE="0.2")
    assert server.wait(60) == 0
    assert list(workspace.runtime.iterdir()) == []
    assert workspace.forkers(server) == []


def test_second_server_leaves_the_first_alone(workspace):
    first = workspace.start()
    second = subprocess.run(
        [sys.executable, "-m", "core.server.server"],
        cwd=ROOT,
        env=workspace.environment,
        check=False,
        timeout=60,
    )
    assert (second.returncode, first.poll()) == (0, None)
    assert workspace.manage("kata", "bounded").returncode == 0


@in_ci("four seconds, and a server of its own")
def test_killed_server_takes_its_forker_and_run_with_it_and_the_next_command_works(workspace):
    server = workspace.start()
    (workspace.folder / "exercise.py").write_text("import time\n\ntime.sleep(1.5)\n" + GOOD)
    answers: list[subprocess.CompletedProcess[str]] = []
    asking = threading.Thread(target=lambda: answers.append(workspace.manage("kata", "bounded")))
    asking.start()
    wait_for(workspace.running)
    forkers = workspace.forkers(server)
    server.kill()
    server.wait()
    asking.join()
    assert answers[0].returncode == 0, answers[0].stderr
    wait_for(lambda: not set(forkers) & set(everyone()))
    assert workspace.manage("kata", "bounded", "--cold").returncode == 0


def test_killed_forker_is_replaced(workspace):
    server = workspace.start()
    for _ in range(2):
        for pid in workspace.forkers(server):
            os.kill(pid, signal.SIGKILL)
        assert workspace.manage("kata", "bounded").returncode == 0
    assert len(workspace.forkers(server)) == 1
    assert server.poll() is None


def test_ctrl_c_in_the_client_ends_the_run(workspace):
    workspace.start()
    (workspace.folder / "exercise.py").write_text("import time\n\ntime.sleep(60)\n")
    client = subprocess.Popen(
        [sys.executable, "manage.py", "kata", "bounded"],
        cwd=ROOT,
        env=workspace.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(workspace.running)
    client.send_signal(signal.SIGINT)
    _, errors = client.communicate(timeout=60)
    assert (client.returncode, errors) == (130, "Stopped. Nothing was stored.\n")
    wait_for(lambda: not workspace.running())
    assert json.loads(workspace.manage("kata", "bounded", "--history", "--json").stdout) == []


def test_two_clients_at_once(workspace):
    workspace.start()
    answers: list[int] = []
    asking = [
        threading.Thread(
            target=lambda: answers.append(workspace.manage("kata", "bounded").returncode)
        )
        for _ in range(4)
    ]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert answers == [0, 0, 0, 0]


@in_ci("three seconds, two servers")
def test_folder_that_others_may_write_is_not_used(workspace):
    server = workspace.start()
    folder = workspace.sockets()[0].parent
    server.terminate()
    assert server.wait(60) == 0
    folder.mkdir()
    folder.chmod(0o777)
    assert workspace.manage("kata", "bounded").returncode == 0
    time.sleep(0.5)
    assert (workspace.sockets(), workspace.processes()) == ([], {})


def test_another_user_is_not_answered(workspace):
    """Root may open the folder; the server asks the kernel who is there, and says nothing."""
    if os.getuid() != 0:
        unavailable("a second user: this test needs to be root")
    workspace.start()
    address = workspace.sockets()[0]
    for path in (workspace.runtime, address.parent, address):
        path.chmod(0o777)
    code = (
        "import socket, sys\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "s.connect(sys.argv[1])\n"
        's.sendall(b\'{"arguments": ["kata"]}\\n\')\n'
        "print(s.recv(100))\n"
    )
    done = subprocess.run(
        [
            "setpriv",
            "--reuid=65534",
            "--clear-groups",
            "/usr/bin/python3",
            "-c",
            code,
            str(address),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout in ("b''\n", ""), done.stderr
    assert "kata" not in done.stdout


def test_path_too_long_for_a_socket_is_passed_over(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr(runtime, "STATE", tmp_path)  # the workspace's own server may be at its own
    folder = runtime.runtime_folder()
    assert folder is not None
    assert folder.parent == Path("/tmp")
    folder.rmdir()
