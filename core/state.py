"""What the workspace remembers on disk: `.kata/`, ignored by git.

KATA_STATE moves it, for tests and for a repository that cannot be written to.
"""

import os
import secrets
from pathlib import Path

from core.errors import KataError

ROOT = Path(__file__).resolve().parent.parent
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
