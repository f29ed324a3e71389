"""A lease of a server: a connection to its host, for as long as the connection lives.

However the holder ends, the kernel closes the connection, and the host takes back what was lent.
Standard library only: every run that needs a server pays for it.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import KataError
from core.needs.find import NAMES, Found, advice, find
from core.needs.place import address, folder_of, locked
from core.state import ROOT, STATE, open_log
from core.verdict import Problem

PATIENCE = 90.0  # seconds for a server to start and to make a share
ATTEMPTS = 3  # a host may end while it is asked
WAITING = 128  # clients that may wait for a host to answer
NOBODY = (FileNotFoundError, ConnectionRefusedError)  # listens at a socket


class Unavailable(KataError):
    """A need that is not met, or a server that did not last."""

    @property
    def problem(self) -> Problem:
        return Problem(kind="unavailable", message=self.message, hint=self.hint)


class Lease:
    """What one holder has of a server: `environment` names it, and ends with `close`."""

    def __init__(self, need: str, connection: socket.socket, answer: dict[str, Any]) -> None:
        self.need = need
        self.connection = connection
        self.environment: dict[str, str] = answer.get("environment", {})
        self.prepared = bool(answer.get("prepared"))

    def fileno(self) -> int:
        """Readable when the server is lost."""
        return self.connection.fileno()

    def check(self) -> None:
        """Raise Unavailable if the server, or its host, did not last until now."""
        try:
            answer = _asked(self.connection, {"check": True})
        except OSError:
            answer = {"lost": f"The host of {NAMES[self.need]} was ended"}
        if lost := answer.get("lost"):
            raise Unavailable(f"{lost}.", hint="Run it again: it is started anew.")

    def close(self) -> None:
        self.connection.close()


def lease(need: str, **wish: Any) -> Lease:
    """A lease with a share of its own, as `wish` says; Unavailable where there is none to have.

    Blocks while the server starts: half a second, or PATIENCE at most.
    """
    _keep_warm(need)
    return _lease(need, {"share": True, **wish})


_holding = threading.Lock()
_holders = 0
_held: dict[str, Lease] = {}


@contextlib.contextmanager
def holding() -> Iterator[None]:
    """Servers that are asked for in this block, in any thread, run until it ends."""
    global _holders
    with _holding:
        _holders += 1
    try:
        yield
    finally:
        with _holding:
            _holders -= 1
            if not _holders:
                for each in _held.values():
                    each.close()
                _held.clear()


def _keep_warm(need: str) -> None:
    with _holding:
        if not _holders:
            return
        if need in _held:
            with contextlib.suppress(Unavailable):
                _held[need].check()
                return
            _held.pop(need).close()
        _held[need] = _lease(need, {"share": False})


def _lease(need: str, wish: dict[str, Any]) -> Lease:
    found = find(need)
    if found is None:
        raise Unavailable(f"There is no {NAMES[need]} here.", hint=advice(need))
    for _ in range(ATTEMPTS):
        try:
            connection = _connected(found)
        except KataError as error:
            raise Unavailable(error.message, hint=error.hint) from error
        try:
            answer = _asked(connection, wish)
        except TimeoutError as error:
            connection.close()
            message = f"{NAMES[need]} did not answer within {PATIENCE:.0f} seconds."
            raise Unavailable(message, hint=_see_log(need)) from error
        except OSError:
            connection.close()
            continue
        if "problem" in answer:
            connection.close()
            raise Unavailable(answer["problem"], hint=answer.get("hint", ""))
        return Lease(need, connection, answer)
    raise Unavailable(f"The host of {NAMES[need]} ends as it starts.", hint=_see_log(need))


def _see_log(need: str) -> str:
    return f"See {log_of(need)}."


def log_of(need: str) -> Path:
    return STATE / f"{need}.log"


def _asked(connection: socket.socket, question: dict[str, Any]) -> dict[str, Any]:
    """The host's answer; OSError where there is none."""
    connection.sendall(json.dumps(question).encode() + b"\n")
    line = b""
    while not line.endswith(b"\n"):
        data = connection.recv(65536)
        if not data:
            raise ConnectionResetError
        line += data
    # A server that was lost meanwhile has been announced before the question came.
    answer: dict[str, Any] = json.loads(line.splitlines()[0])
    return answer


def _connected(found: Found) -> socket.socket:
    """A connection to the host of a need, which is started if there is none."""
    with contextlib.suppress(*NOBODY):
        return _connect(folder_of(found))
    with locked(found) as folder:
        with contextlib.suppress(*NOBODY):
            return _connect(folder)
        path = address(folder)
        path.unlink(missing_ok=True)  # of a host that was killed
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            try:
                listener.bind(str(path))
                listener.listen(WAITING)
                _start_host(found, listener, folder)
                return _connect(folder)
            except OSError as error:
                raise KataError(
                    f"The host of {NAMES[found.need]} cannot be started: {error}.",
                    hint=_see_log(found.need),
                ) from error


def _connect(folder: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(address(folder)))  # waits where many others do
        connection.settimeout(PATIENCE)
    except OSError:
        connection.close()
        raise
    return connection


def _start_host(found: Found, listener: socket.socket, folder: Path) -> None:
    """As a process of its own, which has the listener already: nobody waits for it to be ready."""
    command = [sys.executable, "-m", "core.needs.host", found.need, str(listener.fileno())]
    with os.fdopen(open_log(log_of(found.need)), "wb") as log:
        host = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
        host.wait()  # it leaves a child behind at once, which is nobody's to wait for
