"""Where the host of a need is met: a folder with its socket, its server's data and a lock."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from core.errors import KataError
from core.needs.find import Found
from core.runtime import TEMPORARY, private_folder

LONGEST = 80  # bytes of the folder: below it lie `data/.s.PGSQL.5432` and the like


def folder_of(found: Found) -> Path:
    """The host's folder, made if it is not there. A server elsewhere has a host of its own a URL."""
    suffix = f"-{found.need}"
    if found.url:
        suffix += f"-{hashlib.sha256(found.url.encode()).hexdigest()[:8]}"
    # PostgreSQL will not run as root: as nobody it must be able to pass through.
    root = os.geteuid() == 0
    parents = [each for each in (os.environ.get("TMPDIR"), TEMPORARY) if each]
    usable = [each for each in parents if not root or passable(Path(each))]
    mode = 0o711 if root else 0o700
    folder = private_folder(suffix, usable, longest=LONGEST, mode=mode)
    if folder is None:
        raise KataError(
            f"No private folder for {found.need} can be made in {' or '.join(parents)}.",
            hint="Free some space there, or name another folder with TMPDIR=/a/short/folder.",
        )
    return folder


def passable(path: Path) -> bool:
    """Whether any user may pass through a folder and all above it."""
    try:
        path = path.resolve()
        return all(each.stat().st_mode & 0o001 for each in (path, *path.parents))
    except OSError:
        return False


def address(folder: Path) -> Path:
    return folder / "socket"


@contextlib.contextmanager
def locked(found: Found) -> Iterator[Path]:
    """The host's folder, with nobody else starting or ending a host; waits for its turn."""
    while True:
        folder = folder_of(found)
        path = folder / "lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            continue  # a host that ended took the folder away
        except OSError as error:
            raise KataError(
                f"{path} cannot be written: {error.strerror}.",
                hint="Free some space there, or name another folder with TMPDIR=/a/short/folder.",
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _same(descriptor, path):
                yield folder
                return
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def locked_to_end(folder: Path) -> Iterator[None]:
    """The same for the host itself, which makes no folder where somebody has removed its own."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _same(descriptor: int, path: Path) -> bool:
    """Whether the file that is locked is the one that the next will find."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
