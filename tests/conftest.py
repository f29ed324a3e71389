"""What every test of the workspace shares: a state folder of its own, and the samples' root."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests import database
from tests.forkserver import ForkServer
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "samples"

ALL = bool(os.environ.get("CI") or os.environ.get("KATA_SLOW"))


def in_ci(reason: str) -> pytest.MarkDecorator:
    """What takes long and rarely breaks; of each feature a test is left for every day."""
    return pytest.mark.skipif(not ALL, reason=f"{reason}: in CI, or with KATA_SLOW=1")


def often(names: Iterable[str], *often: str, else_in_ci: str) -> list[Any]:
    """Parameters, of which these are for every day."""
    dear = in_ci(else_in_ci)
    return [pytest.param(name, marks=[] if name in often else dear) for name in names]


# Whoever started the tests in the background may have left SIGINT ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish():
    database.drop()


@pytest.fixture
def samples(monkeypatch):
    """The sample katas of tests/samples in the catalogue."""
    monkeypatch.setenv("KATA_PATH", str(SAMPLES))
    return SAMPLES


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """The state of a workspace where nothing was run yet: made once, and copied by who needs one."""
    state = tmp_path_factory.mktemp("migrated")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=ROOT,
        env=os.environ | database.workspace(state),
        check=True,
    )
    return state


@pytest.fixture
def state(tmp_path, migrated):
    """A workspace's state of the test's own, where `manage` finds it."""
    return database.copy(migrated, tmp_path / "state")


@pytest.fixture
def on_sqlite(db):
    """For tests of what is SQLite's own. Plans: PostgreSQL's go by what is in a table, and theirs are
    small. Tables emptied inside of a test's transaction: PostgreSQL refuses it.
    """
    if database.SERVER:
        pytest.skip("it is of SQLite alone")


@pytest.fixture(scope="session")
def forker():
    """A warm Python that runs of katas are forked from."""
    from core.server.forker import Forker

    with Forker() as forker:
        yield forker


@pytest.fixture(scope="session")
def forkserver():
    """A warm Python that commands are forked from."""
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def manage(tmp_path, forkserver, forker):
    """Run manage.py as a person does: a process, with a state of its own. (status, stdout, stderr).

    Process and runs are forked from a warm Python each: but for the time, it is as without.
    """

    def run(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
        environment = os.environ | {
            **database.workspace(tmp_path / "state"),
            "KATA_PATH": str(SAMPLES),
            "COLUMNS": "80",
            "KATA_SERVER": "0",
            **(env or {}),
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        if forker.connection is None:
            forker.start()
        warm = (forker.connection.fileno(),)
        return forkserver.run("-m", "tests.warm_manage", *arguments, env=environment, pass_fds=warm)

    return run


@pytest.fixture
def own_servers(monkeypatch, tmp_path):
    """A workspace of the test's own as far as servers go: what it kills or counts is nobody else's."""
    from core.needs import lease

    monkeypatch.setenv("KATA_STATE", str(tmp_path))
    monkeypatch.setattr("core.runtime.STATE", tmp_path)
    monkeypatch.setattr(lease, "STATE", tmp_path)
    monkeypatch.setattr(lease, "_holders", 0)
    monkeypatch.setattr(lease, "_held", {})
    for name in ("POSTGRES_URL", "REDIS_URL", "RABBITMQ_URL", "RABBITMQ_MANAGEMENT_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture(
    params=["cold", pytest.param("server", marks=in_ci("a second, for a server of the test's own"))]
)
def at_a_terminal(request, state, forkserver):
    """Start `manage.py kata …` at a terminal of 80 columns without colour, in a state of its own.

    Twice: in its own process, and by a background server, which must have answered.
    """
    runtime = Path(tempfile.mkdtemp(prefix="kx-"))
    environment = os.environ | {
        **database.workspace(state),
        "KATA_PATH": os.environ.get("KATA_PATH", str(SAMPLES)),
        "KATA_SERVER": "0" if request.param == "cold" else "1",
        "XDG_RUNTIME_DIR": str(runtime),
        "KATA_IDLE": "300",
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    server = None
    if request.param == "server":
        command = [sys.executable, "-m", "core.server.server"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        wait_for(lambda: list(runtime.glob("*/socket")), seconds=60)

    def spawn(*arguments: str) -> pexpect.spawn:
        return Terminal(
            forkserver,
            "manage.py",
            "kata",
            *arguments,
            env=environment,
            dimensions=(40, 80),
            timeout=60,
        )

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
def state_on_disk():
    """For tests that fill the disk with a state: a server keeps its rows elsewhere."""
    if database.SERVER:
        pytest.skip("rows are on a server, not on that disk")


@pytest.fixture
def small_disk(state, state_on_disk):
    """Run a command of Python with its state on a full disk: a tmpfs in a mount namespace.

    With `temporary`, that folder is on the disk as well, and is TMPDIR.
    """
    # As root without a user namespace: there, no other user is known.
    own = ["unshare", "-m" if os.geteuid() == 0 else "-rm"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode:
        unavailable(f"a mount namespace: `{' '.join(own)} true` fails here")
    script = (
        'disk=$1; shift; cp -r "$disk" "$disk.kept"; '
        'mount -t tmpfs -o size=2m kata "$disk" && cp -r "$disk.kept/." "$disk"; '
        'dd if=/dev/zero of="$disk/fill" bs=4k 2>/dev/null; '
        '[ -z "$KATA_TEST_BIND" ] || mount --bind "$disk" "$KATA_TEST_BIND"; exec "$@"'
    )

    def run(*arguments: str, temporary: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = database.workspace(state) | {"COLUMNS": "80", "KATA_SERVER": "0"}
        if temporary:
            environment |= {"TMPDIR": str(temporary), "KATA_TEST_BIND": str(temporary)}
        return subprocess.run(
            [*own, "sh", "-c", script, "sh", str(state), sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | environment,
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


def wait_for(condition, seconds: float = 60) -> None:
    """A condition that is soon true on a quiet machine; the seconds are for one that is not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
