"""Is everything here that the katas of the catalogue need? An Examination says so, as data."""

import platform
import shlex
import shutil
import socket
import struct
import time
from dataclasses import dataclass

from core.catalogue import Catalogue
from core.doctor.machine import Sandbox, Space, bounds, spaces
from core.doctor.packages import Packages, packages
from core.editing import editor_named
from core.errors import KataError
from core.kata import NEEDS
from core.needs.find import advice, find, wanted
from core.needs.lease import Unavailable, lease
from core.needs.shares import HOSTED
from core.needs.urls import without_password
from core.needs.version import listens, version_of
from core.runtime import runtime_folder

PATIENCE = 2.0  # seconds for the background server to take a connection


@dataclass(frozen=True)
class Need:
    """One need on this machine. `seconds` is how long its start took, where it was started."""

    name: str
    where: str  # "environment", "wheel", "PATH" or "missing"
    at: str  # a URL without its password, or the program's path
    version: str
    ready: bool
    problem: str  # why it is not ready
    hint: str  # what to type then
    katas: tuple[str, ...]  # those that need it
    seconds: float | None = None


@dataclass(frozen=True)
class Editor:
    command: str
    named_by: str
    found: bool  # whether its program is on the PATH


@dataclass(frozen=True)
class Watching:
    """How `--watch` learns of a save: `mode` is "by file events" or "by polling"."""

    mode: str
    reason: str = ""


@dataclass(frozen=True)
class Background:
    """The background server; `pid` is 0 where the system does not say."""

    running: bool
    pid: int = 0


@dataclass(frozen=True)
class Examination:
    python: str
    django: str
    needs: tuple[Need, ...]
    packages: Packages
    editor: Editor
    spaces: tuple[Space, ...]
    watching: Watching
    sandbox: Sandbox
    fork: bool
    server: Background
    unread: tuple[str, ...]  # why katas do not read: what they need is not known

    @property
    def missing(self) -> tuple[Need, ...]:
        """The needs that some kata has, and that are not met."""
        return tuple(need for need in self.needs if need.katas and not need.ready)


def examine(found: Catalogue, *, watching: Watching, start: bool = False) -> Examination:
    """Look at everything; with `start`, each server is started by a lease, seconds each."""
    import django

    sandbox, fork = bounds()
    return Examination(
        python=platform.python_version(),
        django=django.get_version(),
        needs=tuple(_need(name, found, start=start) for name in NEEDS),
        packages=_packages(),
        editor=_editor(),
        spaces=spaces(),
        watching=watching,
        sandbox=sandbox,
        fork=fork,
        server=_background(),
        unread=tuple(error.message for error in found.problems),
    )


def _need(name: str, catalogue: Catalogue, *, start: bool) -> Need:
    katas = tuple(kata.slug for kata in catalogue.katas if name in wanted(kata))
    found = find(name)
    if found is None:
        return Need(name, "missing", "", "", False, "there is none here", advice(name), katas)
    at = without_password(found.url) if found.url else str(found.program)
    problem, hint, seconds = "", "", None
    if start and name in HOSTED:
        problem, hint, seconds = _started(name)
    elif found.url:
        problem = listens(found)
        hint = advice(name) if problem else ""
    version = version_of(found)
    return Need(name, found.where, at, version, not problem, problem, hint, katas, seconds)


def _started(name: str) -> tuple[str, str, float | None]:
    """A problem with its hint, or how long it took until a share could be used."""
    started = time.perf_counter()
    try:
        held = lease(name, **({"apps": None} if name == "postgres" else {}))
    except Unavailable as error:
        return error.message, error.hint, None
    held.close()
    return "", "", round(time.perf_counter() - started, 2)


def _packages() -> Packages:
    try:
        return packages()
    except OSError as error:
        raise KataError(
            f"requirements.txt cannot be read: {error.strerror}.",
            hint="Run `git checkout requirements.txt`.",
        ) from error


def _editor() -> Editor:
    command, named_by = editor_named()
    try:
        program = next(iter(shlex.split(command)), "")
    except ValueError:  # a quotation that does not end
        program = ""
    return Editor(command, named_by, bool(program and shutil.which(program)))


def _background() -> Background:
    folder = runtime_folder()
    if folder is None:
        return Background(running=False)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(PATIENCE)
        try:
            client.connect(str(folder / "socket"))
        except OSError:
            return Background(running=False)
        if not hasattr(socket, "SO_PEERCRED"):
            return Background(running=True)
        told = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return Background(running=True, pid=struct.unpack("3i", told)[0])
