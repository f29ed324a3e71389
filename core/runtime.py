"""Private folders outside the workspace: standard library only, the fast client pays for it.

A socket's path may have about 100 bytes, so it cannot lie in the workspace itself.
"""

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from core.state import ROOT, STATE

LONGEST = 90  # bytes of the folder: what a socket's path leaves for it
TEMPORARY = "/tmp"  # noqa: S108 - what is in it is private, see below


def runtime_folder() -> Path | None:
    """Where the background server is met; None where no such folder can be had."""
    parents = (os.environ.get("XDG_RUNTIME_DIR"), os.environ.get("TMPDIR"), TEMPORARY)
    return private_folder("", filter(None, parents))


def private_folder(
    suffix: str, parents: Iterable[str], *, longest: int = LONGEST, mode: int = 0o700
) -> Path | None:
    """A folder of this user and this workspace in the first parent that makes a path short enough."""
    name = f"kata-{os.getuid()}-{workspace_key()}{suffix}"
    paths = [Path(each, name) for each in parents]
    path = next((each for each in paths if len(os.fsencode(each)) <= longest), None)
    if path is None:
        return None
    try:
        path.mkdir(mode=0o700)
        path.chmod(mode)  # whatever the umask
    except FileExistsError:
        pass
    except OSError:
        return None
    try:
        found = path.lstat()
    except OSError:
        return None
    # Somebody else may have made a folder of this name in /tmp: theirs is not ours to use.
    mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return path if mine and not stat.S_IMODE(found.st_mode) & ~mode else None


def workspace_key() -> str:
    """Stands for this workspace and its state, in names."""
    return hashlib.sha256(f"{ROOT}\0{STATE}".encode()).hexdigest()[:12]
