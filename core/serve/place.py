"""One at a time: who serves a thing of this workspace and where, and the address that it is served at."""

import contextlib
import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import KataError

HOST = "127.0.0.1"


class Running(Exception):
    """Somebody serves this already; `url` is where, "" while it starts."""

    def __init__(self, pid: int, url: str) -> None:
        super().__init__(f"process {pid} serves at {url}")
        self.pid = pid
        self.url = url


@contextlib.contextmanager
def alone(known: Path, port: int, path: str = "") -> Iterator[tuple[socket.socket, str]]:
    """The bound socket and its URL, as the only one who holds the file `known`; else Running.

    The file tells the others where: the URL with `path`.
    """
    with os.fdopen(os.open(known, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Running(**_told(file.read())) from None
        with _bound(port) as listener:
            url = f"http://{HOST}:{listener.getsockname()[1]}"
            file.truncate(0)
            file.write(json.dumps({"pid": os.getpid(), "url": url + path}))
            file.flush()
            yield listener, url
        file.truncate(0)  # the file stays: who opened it meanwhile waits for the same lock


def _told(text: str) -> dict[str, Any]:
    return dict(json.loads(text or '{"pid": 0, "url": ""}'))


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        used = error.errno == errno.EADDRINUSE
        reason = "is in use" if used else f"cannot be used: {error.strerror}"
        another = port + 1 if port >= 1024 else 8000
        raise KataError(
            f"Port {port} of {HOST} {reason}.",
            hint=f"Name another: `scripts/serve --port {another}`.",
        ) from error
    return listener
