"""Servers of another user than root, of a root whose files no other user reads, on a full disk."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import psycopg
import pytest

from core.needs.find import find
from core.needs.lease import lease
from core.needs.place import passable
from tests.conftest import ROOT, unavailable, wait_for
from tests.needs.conftest import everyone

LEASE = """
import json, sys
from core.needs.lease import Unavailable, lease

try:
    held = lease(sys.argv[1], **json.loads(sys.argv[2]))
except Unavailable as error:
    sys.exit(str(error))
print(json.dumps(held.environment), flush=True)
sys.stdin.read()
"""
WISH = {"postgres": '{"apps": ["core.bookshop"], "make": true}', "redis": "{}"}


@pytest.fixture
def root():
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")  # in CI as well: there, nobody is root


@pytest.fixture
def python_of_anybody(root, ground):
    """A Python like this one that any user may run, and the environment that it needs."""
    packages = sysconfig.get_path("purelib")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    paths = (Path(sys.executable).resolve(), Path(f"/usr/bin/python{version}"))
    usable = [path for path in paths if path.exists() and passable(path.parent)]
    if not usable or not passable(Path(packages)):
        unavailable(f"a Python {version} and packages that another user may read")
    # Before 3.11.3, redis-py asks for a package that is locked only for such a Python.
    (ground.folder / "more").mkdir()
    (ground.folder / "more" / "async_timeout.py").write_text("from asyncio import timeout\n")
    yield usable[0], {"PYTHONPATH": f"{packages}:{ground.folder}/more"}
    shutil.rmtree(ground.folder / "more")


@pytest.mark.parametrize("need", ["postgres", "redis"])
def test_user_who_is_not_root_has_a_server_of_their_own(need, python_of_anybody, ground):
    python, environment = python_of_anybody
    nobody = pwd.getpwnam("nobody")
    state = ground.folder / "state"
    state.mkdir()
    for path in (ground.folder, state):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    client = subprocess.Popen(
        [python, "-c", LEASE, need, WISH[need]],
        cwd=ROOT,
        env=ground.environment | environment | {"KATA_STATE": str(state), "HOME": "/nowhere"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
    )
    ground.clients.append(client)
    line = client.stdout.readline()
    assert line, client.stderr.read()
    assert json.loads(line)
    assert ground.servers()
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in ground.servers() + ground.hosts()}
    assert owners == {nobody.pw_uid}
    folder = next(ground.folder.glob(f"kata-{nobody.pw_uid}-*"))
    assert folder.stat().st_mode & 0o777 == 0o700
    client.communicate(timeout=60)
    wait_for(lambda: not ground.hosts() and not ground.servers())
    wait_for(lambda: not folder.exists())
    assert client.returncode == 0
    shutil.rmtree(state)


@pytest.fixture
def hidden_wheel(root, tmp_path, monkeypatch):
    """PostgreSQL's wheel where only root can read it."""
    found = find("postgres")
    if found is None or found.where != "wheel":
        unavailable("the wheel of PostgreSQL")
    package = found.program.parents[2]
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, private / name, symlinks=True)
    monkeypatch.setenv("PYTHONPATH", str(private))
    monkeypatch.syspath_prepend(str(private))
    assert find("postgres").program.is_relative_to(private)


def test_programs_that_the_servers_user_cannot_read_are_copied(hidden_wheel, ground):
    held = lease("postgres", apps=None)
    with psycopg.connect(held.environment["POSTGRES_URL"]) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    (server,) = {path for pid in everyone() if str(ground.folder) in (path := executable(pid))}
    assert Path(server).name == "postgres"
    held.close()
    wait_for(ground.is_clean)


def executable(pid):
    try:
        return str(Path(f"/proc/{pid}/exe").readlink())
    except OSError:
        return ""


def started_on(small_disk, ground, need):
    return small_disk("-c", LEASE, need, WISH[need], temporary=ground.folder)


def test_server_on_a_full_disk_is_unavailable_with_a_sentence(small_disk, ground):
    done = started_on(small_disk, ground, "postgres")
    first, second = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert first.startswith("PostgreSQL cannot be started: ")
    assert first.endswith("No space left on device.")
    assert second.startswith("It is ")
    assert f"Free some space in {ground.folder}" in second


def test_copy_of_programs_on_a_full_disk_is_unavailable_with_a_sentence(
    hidden_wheel, small_disk, ground
):
    done = started_on(small_disk, ground, "postgres")
    first, _ = done.stderr.splitlines()
    assert first.startswith("PostgreSQL cannot be started: ")
    assert "No space left on device" in first
