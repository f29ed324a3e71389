"""What every test of the workspace shares: a state folder of its own, and the samples' root."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "samples"

# Whoever started the tests in the background may have left SIGINT ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def samples(monkeypatch):
    """The sample katas of tests/samples in the catalogue."""
    monkeypatch.setenv("KATA_PATH", str(SAMPLES))
    return SAMPLES


@pytest.fixture
def manage(tmp_path, monkeypatch):
    """Run manage.py as a person does: a process, with a state of its own. (status, stdout, stderr)."""

    def run(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
        environment = os.environ | {
            "KATA_STATE": str(tmp_path / "state"),
            "KATA_PATH": str(SAMPLES),
            "COLUMNS": "80",
            "KATA_SERVER": "0",
            **(env or {}),
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture(params=["cold", "server"])
def at_a_terminal(request, tmp_path):
    """Start `manage.py kata …` at a terminal of 80 columns without colour, in a state of its own.

    Twice: in its own process, and by a background server, which must have answered.
    """
    runtime = Path(tempfile.mkdtemp(prefix="kx-"))
    environment = os.environ | {
        "KATA_STATE": str(tmp_path / "state"),
        "KATA_PATH": os.environ.get("KATA_PATH", str(SAMPLES)),
        "KATA_SERVER": "0" if request.param == "cold" else "1",
        "XDG_RUNTIME_DIR": str(runtime),
        "KATA_IDLE": "300",
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True
    )
    server = None
    if request.param == "server":
        command = [sys.executable, "-m", "core.server.server"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        wait_for(lambda: list(runtime.glob("*/socket")), seconds=60)

    def spawn(*arguments: str) -> pexpect.spawn:
        found = pexpect.spawn(
            sys.executable,
            ["manage.py", "kata", *arguments],
            cwd=str(ROOT),
            env=environment,
            encoding="utf-8",
            dimensions=(40, 80),
            timeout=60,
        )
        found.delaybeforesend = None
        return found

    yield spawn
    if server:
        assert server.poll() is None, "the server was not asked, or was told to end"
        server.terminate()
        server.wait()
    shutil.rmtree(runtime, ignore_errors=True)


def copy_sample(name: str, tmp_path: Path, monkeypatch, *, exercise: str | None = None) -> Path:
    """A copy of a sample kata in a KATA_PATH root of its own; its folder."""
    folder = tmp_path / "copies" / "runner" / name
    shutil.copytree(SAMPLES / "runner" / name, folder)
    if exercise is not None:
        (folder / "exercise.py").write_text(exercise)
    monkeypatch.setenv("KATA_PATH", str(tmp_path / "copies"))
    return folder


@pytest.fixture
def small_disk(tmp_path):
    """Run a command of Python with its state on a full disk: a tmpfs in a mount namespace."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        unavailable("a mount namespace: `unshare -rm true` fails here")
    state = tmp_path / "state"
    state.mkdir()
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=ROOT,
        env=os.environ | {"KATA_STATE": str(state)},
        check=True,
    )
    script = (
        'disk=$1; shift; cp -r "$disk" "$disk.kept"; '
        'mount -t tmpfs -o size=2m kata "$disk" && cp -r "$disk.kept/." "$disk"; '
        'dd if=/dev/zero of="$disk/fill" bs=4k 2>/dev/null; exec "$@"'
    )

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, "sh", str(state), sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | {"KATA_STATE": str(state), "COLUMNS": "80", "KATA_SERVER": "0"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def unavailable(need: str) -> None:
    """Skip on a laptop, with the reason; fail in CI, where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"CI has no {need}")
    pytest.skip(need)


def left_behind(folder: Path) -> list[str]:
    """Processes of a run that are still there, found by the folder that was their HOME."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"HOME={folder}".encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def wait_for(condition, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
