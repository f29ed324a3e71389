"""Whether the background server is the one for this code: standard library only."""

import hashlib
import os
import sys

from core.state import ROOT

# What the server was started with and cannot take up later.
DEPENDS_ON = ("KATA_PATH", "KATA_STATE", "DJANGO_", "_URL", "PYTHON", "TMPDIR")


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
