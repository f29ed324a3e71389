"""A PostgreSQL cluster of our own: its data folder, made and removed with all that belongs to it."""

import contextlib
import ctypes
import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from core.errors import KataError
from core.needs.place import passable
from core.needs.server import GRACE, environment

SUPERUSER = "kata"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # nothing outlives the server
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_connections": "250",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # in the data folder: a killed server leaves none
    "autovacuum": "off",  # counts and plans are the same every time
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "deadlock_timeout": "100ms",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "fatal",  # what a statement did wrong, its sender hears
}
NEWER_SETTINGS = {"io_method": "sync"}  # three processes fewer
NEWER = 18  # first version that knows them
BUILTIN_LOCALES = 17  # first version that sorts the same on every system
ACCOUNT = "nobody"  # PostgreSQL refuses to run as root
IPC_RMID, IPC_STAT = 0, 2


def account() -> pwd.struct_passwd | None:
    """Who the server runs as; None for whoever runs this."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise KataError(
            f"PostgreSQL does not run as root, and there is no user {ACCOUNT!r} to run it as.",
            hint=f"Run `useradd --system {ACCOUNT}`, or work as another user than root.",
        ) from None


def programs(postgres: Path, folder: Path) -> Path:
    """The folder of programs; a copy in `folder` where the server's user cannot reach them."""
    place = postgres.parent
    if account() is None or passable(place):
        return place
    copy = folder / "programs"
    package = place.parent.parent
    if not copy.exists():
        partial = folder / "programs.partial"
        shutil.rmtree(partial, ignore_errors=True)
        try:
            shutil.copytree(place.parent, partial / package.name / place.parent.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():  # a wheel's programs look for them there, from where they are
                shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        except shutil.Error as error:  # holds what went wrong with each file, as text
            shutil.rmtree(partial, ignore_errors=True)
            _, file, reason = error.args[0][0]
            number = re.match(r"\[Errno (\d+)\]", reason)
            raise OSError(None, os.strerror(int(number[1])) if number else reason, file) from error
        partial.rename(copy)
    return copy / package.name / place.parent.name / place.name


def create(place: Path, data: Path) -> "subprocess.Popen[str]":
    """Begin to make the data folder: `finish` waits for it."""
    data.mkdir(mode=0o700)
    user = account()
    if user:
        os.chown(data, user.pw_uid, user.pw_gid)
    locale = ["--locale=C"]
    if version(place) >= BUILTIN_LOCALES:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return subprocess.Popen(  # noqa: S603 - a program that find() names
        [
            *(place / "initdb", "--pgdata", data, "--username", SUPERUSER, "--auth=trust"),
            *("--encoding=UTF8", "--no-sync", "--no-instructions", "--wal-segsize=1", *locale),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd="/",
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def finish(made: "subprocess.Popen[str]", data: Path) -> str:
    """Wait for `create`, and write the settings; what went wrong, if something did."""
    _, words = made.communicate()
    if made.returncode != 0:
        return next((line for line in words.splitlines() if "error" in line), words[-200:]).strip()
    own = SETTINGS | {"unix_socket_directories": _listed(data)}
    if int((data / "PG_VERSION").read_text()) >= NEWER:
        own |= NEWER_SETTINGS
    lines = (f"{name} = '{_escaped(value)}'\n" for name, value in own.items())
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(lines)
    return ""


def version(place: Path) -> int:
    done = subprocess.run(  # noqa: S603 - a program that find() names
        [place / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", done.stdout)
    return int(found[1]) if found else 0


def remove(data: Path) -> None:
    """Remove a data folder, and what a killed server left beside it: a process, shared memory."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        _end(int(lines[0]), data)
        key, identity = lines[6].split()
        _remove_memory(int(key), int(identity))
    shutil.rmtree(data, ignore_errors=True)


def _end(pid: int, data: Path) -> None:
    """Where its host was killed a moment ago, the server is still ending."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        if os.fsencode(data) not in words:
            return
        ended = os.pidfd_open(pid)
        try:
            for number in (signal.SIGQUIT, signal.SIGKILL):
                signal.pidfd_send_signal(ended, number)
                if _within(GRACE, ended):
                    return
        finally:
            os.close(ended)


def _within(seconds: float, descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], seconds)[0])


def _remove_memory(key: int, identity: int) -> None:
    """The segment by which PostgreSQL knows that a folder is in use; only if it still is that one."""
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    found = (ctypes.c_int * 64)()  # a struct shmid_ds begins with the key
    if library.shmctl(identity, IPC_STAT, found) == 0 and found[0] == key:
        library.shmctl(identity, IPC_RMID, None)


def _listed(path: Path) -> str:
    """As the one of a list of folders, where a comma would end it."""
    return '"{}"'.format(str(path).replace('"', '""'))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
