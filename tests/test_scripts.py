"""The scripts on a fresh machine.

Most tests run the real scripts in a small stand-in workspace, with a PATH of their own: the
packages are a recording `uv`, Django is a `manage.py` of ten lines. The slow ones copy this
repository and install everything; CI runs them, and KATA_SLOW=1.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests.conftest import ROOT, in_ci

CI = os.environ.get("CI") == "true"
NOBODY = 65534
TOOLS = {
    "cat",
    "cksum",
    "cmp",
    "cut",
    "date",
    "dirname",
    "env",
    "grep",
    "head",
    "ln",
    "ls",
    "mkdir",
    "mv",
}
TOOLS |= {"readlink", "rm", "rmdir", "sed", "sh", "sleep", "tail", "uname"}
PYTHON = f"{sys.base_prefix}/bin/python3"

MANAGE = """\
import json, os, sys
from pathlib import Path

state = Path(os.environ.get("KATA_STATE") or Path(__file__).parent / ".kata")
with open(state / "calls", "a") as calls:
    print(" ".join(sys.argv[1:]), file=calls)
if sys.argv[1] == "migrate":
    (state / "workspace.sqlite3").write_text("tables")
if sys.argv[1] in ("kata", "serve"):
    words = {"args": sys.argv[2:], "command": os.environ["KATA_COMMAND"], "cwd": os.getcwd()}
    print(json.dumps(words | {"stdin": sys.stdin.read()}))
    sys.exit(int(os.environ.get("STATUS", "0")))
"""
UV = f"""\
echo "$@" >>"$HOME/uv"
case $1 in
venv) for folder; do :; done; exec {PYTHON} -m venv --without-pip --clear "$folder" ;;
pip) exec sleep "${{INSTALL_SECONDS:-0}}" ;;
esac
"""
FIRST_WORDS = """\
Making the Python environment in .venv … (once)
Installing 2 packages …
Creating the database …
Loading the bookshop …
"""

slow = in_ci("installs every package")


@dataclass(frozen=True)
class Workspace:
    """A folder with the scripts, and the programs that they find on the PATH."""

    root: Path
    bin: Path
    home: Path

    def program(self, name: str, script: str) -> Path:
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        path.chmod(0o755)
        return path

    def start(self, *args: str, cwd: Path | None = None, **env: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [self.root / "scripts/kata", *args] if not args or args[0] != "sh" else args,
            cwd=cwd or self.root,
            env={"PATH": str(self.bin), "HOME": str(self.home)} | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
            # A runner in the background ignores Ctrl-C, and its children would too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def kata(self, *args: str, cwd: Path | None = None, **env: str) -> tuple[int, str, str]:
        process = self.start(*args, cwd=cwd, **env)
        out, err = process.communicate(timeout=600)
        return process.returncode, out, err

    def calls(self) -> list[str]:
        return (self.root / ".kata/calls").read_text().splitlines()

    def installs(self) -> list[str]:
        text = (self.home / "uv").read_text().replace(str(self.root), "ROOT")
        return [line for line in text.splitlines() if line != "--version"]

    def files(self) -> dict[Path, int]:
        folders = (self.root / ".kata", self.root / ".venv")
        paths = [path for folder in folders for path in (folder, *folder.rglob("*"))]
        return {
            path: path.lstat().st_mtime_ns
            for path in paths
            if path.name not in {"calls", "__pycache__"} and path.suffix != ".pyc"
        }


def make_workspace(parent: Path) -> Workspace:
    workspace = Workspace(parent / "a clone", parent / "bin", parent / "home")
    for folder in (workspace.root, workspace.bin, workspace.home):
        folder.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (workspace.bin / name).symlink_to(found)
    return workspace


@pytest.fixture
def bare(tmp_path: Path) -> Workspace:
    """The stand-in, and neither Python nor uv."""
    workspace = make_workspace(tmp_path)
    shutil.copytree(ROOT / "scripts", workspace.root / "scripts")
    (workspace.root / "core/migrations").mkdir(parents=True)
    (workspace.root / "core/migrations/0001_initial.py").write_text("tables")
    (workspace.root / "requirements.txt").write_text("one==1 \\\n    --hash\ntwo==2\n# via one\n")
    (workspace.root / "requirements-dev.txt").write_text("one==1\ntwo==2\nthree==3\n")
    (workspace.root / "manage.py").write_text(MANAGE)
    return workspace


@pytest.fixture
def fresh(bare: Workspace) -> Workspace:
    """The stand-in on a machine with Python and a recording uv; nothing is prepared."""
    bare.program("python3", f'exec {PYTHON} "$@"')
    bare.program("uv", UV)
    return bare


@pytest.fixture
def ready(fresh: Workspace) -> Workspace:
    assert fresh.kata()[0] == 0
    return fresh


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that another user may enter; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="kata-"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(["chmod", "-R", "u+rwx", folder], check=True)
    shutil.rmtree(folder)


def wait_for(process: "subprocess.Popen[str]", word: str) -> str:
    """The lines on stderr up to the one with the word."""
    assert process.stderr
    lines = ""
    while word not in lines:
        line = process.stderr.readline()
        assert line, f"{word!r} never came:\n{lines}"
        lines += line
    return lines


# --- the first call and the second ----------------------------------------------------------------


def test_first_call_prepares_then_runs_kata(fresh: Workspace) -> None:
    status, out, err = fresh.kata("select_related", "a  b", "", "*", STATUS="3")
    assert (status, err) == (3, FIRST_WORDS)
    assert json.loads(out) == {
        "args": ["select_related", "a  b", "", "*"],
        "command": "scripts/kata",
        "cwd": str(fresh.root),
        "stdin": "",
    }
    assert fresh.calls() == ["migrate", "bookshop load", "kata select_related a  b  *"]
    assert fresh.installs() == [
        f"venv --clear --python {fresh.bin}/python3 ROOT/.venv",
        "pip install --python ROOT/.venv/bin/python --require-hashes --compile-bytecode "
        "-r requirements.txt",
    ]


def test_serve_prepares_then_serves(fresh: Workspace) -> None:
    process = fresh.start("sh", "scripts/serve", "--port", "8001")
    out, err = process.communicate(timeout=600)
    assert (process.returncode, err) == (0, FIRST_WORDS)
    assert json.loads(out)["args"] == ["--port", "8001"]
    assert json.loads(out)["command"] == "scripts/kata"


def test_second_call_changes_nothing_and_says_nothing(ready: Workspace) -> None:
    files, installs = ready.files(), ready.installs()
    status, _, err = ready.kata("select_related")
    assert (status, err) == (0, "")
    assert (ready.files(), ready.installs()) == (files, installs)
    assert ready.calls()[-2:] == ["kata", "kata select_related"]


def test_second_call_starts_neither_uv_nor_a_search(ready: Workspace) -> None:
    for name in ("uv", "python3", "ln", "mkdir", "grep", "uname"):
        (ready.bin / name).unlink()
    assert ready.kata()[::2] == (0, "")


def test_call_from_another_folder_through_links_keeps_that_folder(
    ready: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "one").symlink_to("a clone/scripts/kata")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    status, out, _ = ready.kata("sh", "-c", './two "$@"', "-", "--source", "x y", cwd=tmp_path)
    assert status == 0
    assert json.loads(out)["args"] == ["--source", "x y"]
    assert json.loads(out)["cwd"] == str(tmp_path)


def test_call_by_sh_from_the_scripts_folder_finds_the_workspace(ready: Workspace) -> None:
    status, out, _ = ready.kata("sh", "kata", "1", cwd=ready.root / "scripts")
    assert (status, json.loads(out)["args"]) == (0, ["1"])


def test_state_elsewhere_is_prepared_there(ready: Workspace, tmp_path: Path) -> None:
    status, _, err = ready.kata(cwd=tmp_path, KATA_STATE="other")
    assert (status, err) == (0, "Creating the database …\nLoading the bookshop …\n")
    assert (tmp_path / "other/calls").read_text() == "migrate\nbookshop load\nkata\n"


# --- what changes makes it prepare again ----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("requirements.txt", "Installing 2 packages …\n"),
        (
            "core/migrations/0002_more.py",
            "Bringing the database up to date …\nLoading the bookshop …\n",
        ),
        (
            "core/settings.py",
            "Bringing the database up to date …\nLoading the bookshop …\n",
        ),
        (
            "fixtures/bookshop.json",
            "Bringing the database up to date …\nLoading the bookshop …\n",
        ),
    ],
)
def test_changed_file_is_prepared_again_once(ready: Workspace, path: str, words: str) -> None:
    (ready.root / path).parent.mkdir(exist_ok=True)
    with (ready.root / path).open("a") as file:
        file.write("# pulled\n")
    assert ready.kata()[2] == words
    assert ready.kata()[2] == ""


def test_lost_database_is_made_again(ready: Workspace) -> None:
    (ready.root / ".kata/workspace.sqlite3").unlink()
    assert ready.kata()[2] == "Creating the database …\nLoading the bookshop …\n"


# --- the environment that is there already --------------------------------------------------------


def test_own_environment_is_kept_and_installed_into(fresh: Workspace) -> None:
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", fresh.root / ".venv"], check=True)
    mine = fresh.root / ".venv/mine"
    mine.touch()
    assert fresh.kata()[2] == FIRST_WORDS.partition("\n")[2]
    assert mine.exists()


def test_broken_environment_is_made_again(ready: Workspace) -> None:
    for link in (ready.root / ".venv/bin").glob("python*"):
        link.unlink()
        link.symlink_to("/nowhere/python3")
    assert ready.kata()[2] == "".join(FIRST_WORDS.splitlines(keepends=True)[:2])


def test_environment_with_an_old_python_is_not_touched(fresh: Workspace) -> None:
    python = fresh.root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\ncase $2 in *version_info*) echo 3.9.2; exit 1 ;; esac\n")
    python.chmod(0o755)
    assert fresh.kata() == (
        4,
        "",
        f"The environment {fresh.root}/.venv has Python 3.9.2; 3.11 or newer is needed.\n"
        f"Run `rm -r '{fresh.root}/.venv'`, then run the same command again.\n",
    )


# --- interrupted, and two at once -----------------------------------------------------------------


def test_interrupted_preparation_is_taken_up_again(fresh: Workspace) -> None:
    process = fresh.start(INSTALL_SECONDS="60")
    words = wait_for(process, "Installing")
    # A shell loses a signal between fork and exec: wait until uv itself runs.
    while "pip install" not in (fresh.home / "uv").read_text():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    words += process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert words == (
        "Making the Python environment in .venv … (once)\nInstalling 2 packages …\n"
        "\nStopped. The next call goes on from here.\n"
    )
    assert fresh.kata()[2] == FIRST_WORDS.partition("\n")[2]
    assert "--reinstall" in fresh.installs()[-1]
    assert "--clear" not in fresh.installs()[-1]


def test_environment_left_half_made_is_made_again(fresh: Workspace) -> None:
    fresh.program("uv", "case $1 in venv) mkdir -p .venv/bin; sleep 60 ;; esac")
    process = fresh.start()
    wait_for(process, "Making")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    fresh.program("uv", UV)
    assert fresh.kata()[2] == FIRST_WORDS
    assert not (fresh.root / ".kata/preparing").is_symlink()


def test_two_first_calls_the_second_waits_for_the_first(fresh: Workspace) -> None:
    first = fresh.start(INSTALL_SECONDS="2")
    words = wait_for(first, "Installing")
    status, _, err = fresh.kata()
    words += first.communicate(timeout=60)[1]
    assert (first.returncode, words) == (0, FIRST_WORDS)
    assert status == 0
    assert err == (
        f"Another command (process {first.pid}) is preparing the workspace: waiting for it …\n"
        f"(If that process is something else, run `rm '{fresh.root}/.kata/preparing'`.)\n"
    )
    assert fresh.calls().count("migrate") == 1


# --- what is missing ------------------------------------------------------------------------------


def test_no_python_says_what_was_found_and_what_to_do(bare: Workspace) -> None:
    bare.program("python3", "echo 3.9.2; exit 1")
    bare.program("python3.12", "exit 127")
    assert bare.kata() == (
        4,
        "",
        "Python 3.11 or newer is needed, and none was found on the PATH.\n"
        f"  {bare.bin}/python3 is Python 3.9.2\n"
        f"  {bare.bin}/python3.12 does not run\n"
        "Install one (python.org, your system's packages, or uv), or name one with "
        "KATA_PYTHON=/path/to/python3, then run the same command again.\n",
    )


def test_no_python_with_uv_lets_uv_fetch_one(fresh: Workspace) -> None:
    (fresh.bin / "python3").unlink()
    status, _, err = fresh.kata()
    assert status == 0
    assert "\nNo Python 3.11 or newer is installed: uv fetches one …\n" in err
    assert fresh.installs()[0] == "venv --clear --python >=3.11 ROOT/.venv"


def test_kata_python_too_old_is_said_also_where_uv_is(fresh: Workspace) -> None:
    old = fresh.program("old python", "echo 3.9.2; exit 1")
    assert fresh.kata(KATA_PYTHON=str(old)) == (
        4,
        "",
        f"KATA_PYTHON={old} is not a Python 3.11 or newer.\n"
        f"  {old} is Python 3.9.2\n"
        "Name another, or none to look on the PATH, then run the same command again.\n",
    )


def test_newer_python_is_taken_where_python3_is_old(fresh: Workspace) -> None:
    (fresh.bin / "python3").rename(fresh.bin / "python3.13")
    fresh.program("python3", "echo 3.9.2; exit 1")
    assert fresh.kata()[0] == 0
    assert f"--python {fresh.bin}/python3.13 " in fresh.installs()[0]


def test_no_venv_package_names_it(bare: Workspace) -> None:
    bare.program("apt-get", "")
    bare.program(
        "python3",
        'case "$*" in\n"-m venv"*) echo "The virtual environment was not created successfully '
        'because ensurepip is not available."; exit 1 ;;\n*) echo 3.12.1 ;;\nesac',
    )
    assert bare.kata() == (
        4,
        "",
        "Making the Python environment in .venv … (once)\n"
        f"Python 3.12.1 ({bare.bin}/python3) cannot make an environment: its venv package is "
        "missing.\nRun `sudo apt install python3.12-venv`, then run the same command again.\n",
    )


def test_no_network_shows_the_log_and_what_to_look_at(fresh: Workspace) -> None:
    give_uv(fresh)
    (fresh.root / "requirements.txt").write_text(f"asgiref==3.9.0 --hash=sha256:{'0' * 64}\n")
    status, out, err = fresh.kata(UV_OFFLINE="1", UV_CACHE_DIR=str(fresh.home / "cache"))
    assert (status, out) == (4, "")
    assert (
        "The packages could not be installed: the package index was not reached. "
        f"The end of {fresh.root}/.kata/install.log:\n"
    ) in err
    assert "asgiref" in err
    assert err.endswith(
        "\nLook at the network (and the proxy and package index that are set for pip or uv), "
        "then run the same command again.\n"
    )


def test_full_disk_is_said(fresh: Workspace) -> None:
    fresh.program("uv", f'case $1 in pip) echo "No space left on device"; exit 2 ;; esac\n{UV}')
    status, _, err = fresh.kata()
    assert status == 4
    assert err.endswith(
        "The packages could not be installed: the disk is full.\n"
        "Free some space (200 MB are enough), then run the same command again.\n"
    )


def test_failing_migration_shows_the_end_of_the_log(ready: Workspace) -> None:
    (ready.root / "core/migrations/0002_more.py").touch()
    (ready.root / "manage.py").write_text("raise SystemExit('no such table: core_run')")
    assert ready.kata() == (
        4,
        "",
        "Bringing the database up to date …\n"
        f"The database could not be made. The end of {ready.root}/.kata/install.log:\n"
        "  no such table: core_run\n"
        "Mend that, then run the same command again.\n",
    )


def test_windows_is_sent_to_the_dev_container(fresh: Workspace) -> None:
    fresh.program("uname", "echo MINGW64_NT-10.0-22631")
    assert fresh.kata() == (
        4,
        "",
        "Windows itself is not supported: katas start processes the way Linux and macOS do.\n"
        "Open the folder in its dev container, or run `wsl --install`, clone inside WSL, "
        "and run the same command there.\n",
    )


def test_unwritable_folder_is_said(public: Path) -> None:
    workspace = make_workspace(public)
    shutil.copytree(ROOT / "scripts", workspace.root / "scripts")
    workspace.root.chmod(0o555)
    run = subprocess.run(
        [*as_somebody(), workspace.root / "scripts/kata"],
        env={"PATH": str(workspace.bin)},
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (
        4,
        "",
        f"The folder {workspace.root}/.kata is not writable.\n"
        "Make it writable, or clone the repository where you may write, "
        "then run the same command again.\n",
    )


# --- scripts/test, scripts/lock -------------------------------------------------------------------


def test_checks_all_run_and_the_summary_tells_which_failed(fresh: Workspace) -> None:
    for module, status in {"ruff": 0, "mypy": 1, "pytest": 0}.items():
        (fresh.root / f"{module}.py").write_text(
            f"import sys; print('{module}', *sys.argv[1:], flush=True); sys.exit({status})"
        )
    status, out, err = fresh.kata("sh", "scripts/test")
    assert (status, err) == (
        1,
        "".join(FIRST_WORDS.splitlines(keepends=True)[:1]) + "Installing 3 packages …\n",
    )
    assert re.sub(r" +\d+ s", " N s", out) == (
        "\n== ruff check\nruff check\n"
        "\n== ruff format --check\nruff format --check\n"
        "\n== mypy\nmypy\n"
        "\n== makemigrations --check\n"
        "\n== pytest\npytest -n 3 --dist worksteal\n"
        "\n== summary\n"
        "ruff check                   passed N s\n"
        "ruff format --check          passed N s\n"
        "mypy                         FAILED N s\n"
        "makemigrations --check       passed N s\n"
        "pytest                       passed N s\n"
    )


def test_checks_with_arguments_run_pytest_alone(fresh: Workspace) -> None:
    (fresh.root / "pytest.py").write_text("import sys; print(sys.argv[1:]); sys.exit(5)")
    assert fresh.kata("sh", "scripts/test", "-k", "a b")[:2] == (5, "['-k', 'a b']\n")


def test_checks_prepare_what_the_kata_command_needs_too(fresh: Workspace) -> None:
    (fresh.root / "pytest.py").touch()
    fresh.kata("sh", "scripts/test", "-q")
    assert fresh.kata()[2] == "Creating the database …\nLoading the bookshop …\n"


def test_lock_without_uv_says_how_to_get_it(bare: Workspace) -> None:
    status, _, err = bare.kata("sh", "scripts/lock")
    assert (status, err) == (
        4,
        "The lock files are made by uv, which is not installed.\n"
        "Run `python3 -m pip install uv` (or see docs.astral.sh/uv), "
        "then `scripts/lock` again.\n",
    )


def locked(name: str) -> dict[str, str]:
    """Every requirement of a lock file with the text that belongs to it."""
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)(==.*(?:\n +.*)*)", text, re.M))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_has_every_dependency_hashed_and_no_host(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"]
    if name == "requirements-dev.txt":
        wanted = wanted + project["dependency-groups"]["dev"]
    requirements = locked(name)
    assert {re.split(r"[^\w.-]", line.lower())[0] for line in wanted} <= requirements.keys()
    assert [name for name, text in requirements.items() if "--hash=sha256:" not in text] == []
    assert "http" not in (ROOT / name).read_text()


def test_locks_agree_on_every_version() -> None:
    versions, dev_versions = (
        {name: text.split()[0] for name, text in locked(file).items()}
        for file in ("requirements.txt", "requirements-dev.txt")
    )
    assert versions.items() <= dev_versions.items()


# --- the real thing -------------------------------------------------------------------------------


def missing(reason: str) -> NoReturn:
    (pytest.fail if CI else pytest.skip)(reason)


def give_uv(workspace: Workspace) -> None:
    """The real uv, which may be a version manager's link that needs the PATH of this process."""
    uv = shutil.which("uv")
    if not uv or subprocess.run([uv, "--version"], capture_output=True).returncode:
        if not CI:
            pytest.skip("uv is not installed.")
        folder = workspace.home / "real uv"
        install = ["-m", "pip", "install", "--quiet", "--target", folder, "uv"]
        subprocess.run([sys.executable, *install], check=True)
        uv = folder / "bin/uv"
    workspace.program("uv", f"PATH='{os.environ['PATH']}' exec '{uv}' \"$@\"")


def as_somebody() -> list[str]:
    """The words before a command that make it run without root's rights."""
    if os.getuid():
        return []
    setpriv = shutil.which("setpriv") or missing("setpriv is not installed.")
    # Root's rights end with setpriv's exec, so that must be of something harmless.
    return [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env"]


def somebodys_python() -> str:
    words = "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"
    for python in (PYTHON, "/usr/bin/python3"):
        try:
            subprocess.run([*as_somebody(), python, "-c", words], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    return missing("No Python 3.11 with ensurepip that somebody else than root may run.")


def clone(workspace: Workspace) -> dict[str, str]:
    """The current files of this repository, and the environment that installs need."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (workspace.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, workspace.root / name)
    ours = ("PIP_", "UV_", "SSL_", "REQUESTS_", "HTTP", "http", "NO_PROXY", "no_proxy")
    return {name: value for name, value in os.environ.items() if name.startswith(ours)}


@slow
def test_fresh_clone_with_uv_is_ready_and_stays_unchanged(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    env = clone(workspace)
    give_uv(workspace)
    workspace.program("python3", f'exec {PYTHON} "$@"')
    status, out, err = workspace.kata("--help", **env)
    assert (status, err.count("\n")) == (0, 4), err
    assert "kata" in out

    files = workspace.files()
    assert workspace.kata("--help", **env) == (0, out, "")
    assert workspace.files() == files


@slow
def test_fresh_clone_with_pip_as_somebody_goes_on_after_a_kill(public: Path) -> None:
    workspace = make_workspace(public)
    env = clone(workspace) | {"PATH": str(workspace.bin), "HOME": str(workspace.home)}
    workspace.program("python3", f'exec {somebodys_python()} "$@"')
    if not os.getuid():
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", public], check=True)
    command = [*as_somebody(), workspace.root / "scripts/kata", "--help"]
    first = subprocess.Popen(
        command, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    wait_for(first, "Installing")
    log = workspace.root / ".kata/install.log"
    while first.poll() is None and "Installing collected" not in log.read_text():
        time.sleep(0.1)
    time.sleep(0.5)  # somewhere in the middle of copying
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=60)

    run = subprocess.run(command, env=env, capture_output=True, text=True)
    assert (run.returncode, run.stderr.splitlines()[1:]) == (
        0,
        ["Creating the database …", "Loading the bookshop …"],
    ), run.stderr
    assert run.stderr.startswith("Installing ")
    python = workspace.root / ".venv/bin/python"
    subprocess.run([python, "-m", "pip", "check"], env=env, check=True)
