"""What the workspace remembers on disk: `.kata/`, ignored by git.

KATA_STATE moves it, for tests and for a repository that cannot be written to.
"""

import os
import secrets
from pathlib import Path

from core.errors import KataError

ROOT = Path(__file__).resolve().parent.parent
LARGEST_LOG = 1_000_000  # bytes
STATE = Path(os.environ.get("KATA_STATE") or ROOT / ".kata").absolute()


def folder(name: str = "") -> Path:
    """`.kata/` or a folder in it, made if it is not there."""
    path = STATE / name
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise KataError(
            f"The folder {path} cannot be made: {error.strerror}.",
            hint="Make it writable, or name another with KATA_STATE=/a/folder.",
        ) from error
    return path


def open_log(path: Path) -> int:
    """A descriptor to write to, which is the caller's to close: a log that begins anew once it is
    large, or nothing where it cannot be had."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = not path.exists() or path.stat().st_size > LARGEST_LOG
        how = os.O_TRUNC if fresh else os.O_APPEND
        return os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


def secret_key() -> str:
    """Django's SECRET_KEY for this machine, made once and readable by its owner alone."""
    path = folder() / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        key = secrets.token_urlsafe(50)
        partial = path.with_name(f"secret_key.{os.getpid()}")
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(key)
            partial.rename(path)
        except OSError as error:
            raise KataError(
                f"The file {path} cannot be written: {error.strerror}.",
                hint="Make the folder writable, or name another with KATA_STATE=/a/folder.",
            ) from error
        return path.read_text()
