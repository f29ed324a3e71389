"""Where the background server is met, and whether it is the one for this code: standard library only."""

import hashlib
import os
import stat
import sys
from pathlib import Path

from core.state import ROOT, STATE

LONGEST = 90  # bytes of the folder: a socket's path may have about 100
# What the server was started with and cannot take up later.
DEPENDS_ON = ("KATA_PATH", "KATA_STATE", "DJANGO_", "_URL", "PYTHON", "TMPDIR")


def runtime_folder() -> Path | None:
    """A short private folder for the socket; None where one cannot be had.

    A socket's path may have about 100 bytes, so it cannot lie in the workspace itself.
    """
    name = hashlib.sha256(f"{ROOT}\0{STATE}".encode()).hexdigest()[:12]
    parents = (os.environ.get("XDG_RUNTIME_DIR"), os.environ.get("TMPDIR"), "/tmp")  # noqa: S108
    paths = [Path(each, f"kata-{os.getuid()}-{name}") for each in parents if each]
    path = next((each for each in paths if len(os.fsencode(each)) <= LONGEST), None)
    if path is None:
        return None
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError:
        return None
    # Somebody else may have made a folder of this name in /tmp: theirs is not ours to use.
    mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return path if mine and not found.st_mode & 0o077 else None


def fingerprint() -> str:
    """Changes when the engine, its requirements, its Python or its environment do."""
    digest = hashlib.sha256(sys.executable.encode())
    for path in sorted([*_sources(str(ROOT / "core")), str(ROOT / "requirements.txt")]):
        try:
            found = os.stat(path)
        except OSError:
            continue
        digest.update(f"{path}\0{found.st_mtime_ns}\0{found.st_size}\0".encode())
    for name, value in sorted(os.environ.items()):
        if any(part in name for part in DEPENDS_ON):
            digest.update(f"{name}={value}\0".encode())
    return digest.hexdigest()


def _sources(folder: str) -> list[str]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                found.append(entry.path)
            elif entry.name != "__pycache__" and entry.is_dir():
                found += _sources(entry.path)
    return found
