"""The background server: the workspace's Django, warm, and a forker for the learner's code.

One a workspace and user, met at a socket in a private folder. It runs `kata` for clients that only
print. It ends after fifteen idle minutes, and when a client comes with newer code.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO, cast

import django
from django.core.management import load_command_class

from core.management.base import WorkspaceCommand
from core.needs.lease import holding
from core.runtime import runtime_folder
from core.server.client import COMMANDS
from core.server.fingerprint import fingerprint
from core.server.forker import Forker
from core.terminal import described, speaking_for

IDLE = 15 * 60.0  # seconds
LARGEST_REQUEST = 1_000_000  # bytes


class Stream:
    """A text stream of a client: what is written becomes frames on its connection."""

    def __init__(self, connection: socket.socket, name: str, request: dict[str, Any]) -> None:
        self.connection = connection
        self.name = name
        self.encoding = str(request["encoding"])
        self.terminal = bool(request["terminal"])

    def write(self, text: str) -> int:
        if text:
            send(self.connection, {self.name: text})
        return len(text)

    def flush(self) -> None:
        """Frames are sent as they are written."""

    def isatty(self) -> bool:
        return self.terminal


def send(connection: socket.socket, frame: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # the client has gone: the run learns it by `hangup`
        connection.sendall(json.dumps(frame).encode() + b"\n")


class Server:
    def __init__(self, listener: socket.socket, idle: float) -> None:
        self.listener = listener
        self.idle = idle
        self.fingerprint = fingerprint()
        self.forker = Forker()
        self.running = 0
        self.lock = threading.Lock()
        self.last = time.monotonic()
        self.ending = False

    def serve(self) -> None:
        """Answer clients, a thread each, until idle or told to end; runs are waited for."""
        self.listener.settimeout(0.5)
        with holding():  # a server that a run needed is there for the next
            while not self._done():
                try:
                    connection, _ = self.listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=self._answer, args=(connection,)).start()
        self.forker.stop()

    def _done(self) -> bool:
        with self.lock:
            waiting = time.monotonic() - self.last
            return not self.running and (self.ending or waiting > self.idle)

    def _answer(self, connection: socket.socket) -> None:
        with self._counted(), connection:
            connection.settimeout(None)
            try:
                request = _request(connection)
                if request:
                    self._run(connection, request)
            except Exception:  # noqa: BLE001 - the client goes on without us; the log keeps why
                traceback.print_exc()

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self.lock:
            self.running += 1
        try:
            yield
        finally:
            with self.lock:
                self.running -= 1
                self.last = time.monotonic()

    def _run(self, connection: socket.socket, request: dict[str, Any]) -> None:
        name, *arguments = request["arguments"]
        if request["fingerprint"] != self.fingerprint or name not in COMMANDS:
            self.ending = True
            send(connection, {"stale": True})
            return
        command = cast("WorkspaceCommand", load_command_class("core", name))
        out, err = (Stream(connection, each, request) for each in ("out", "err"))
        command.use(
            cast("TextIO", out),
            cast("TextIO", err),
            launch=self.forker,
            hangup=connection.fileno(),
            ask=(lambda question: _asked(connection, question)) if request["asks"] else None,
        )
        status = 0
        with speaking_for(described(request["environment"], Path(request["folder"]))):
            try:
                command.run_from_argv(["manage.py", name, *arguments])
            except SystemExit as leaving:
                status = leaving.code if isinstance(leaving.code, int) else 1
        send(connection, {"exit": status})


def _asked(connection: socket.socket, question: str) -> str | None:
    """The client's answer to a question; None at the end of its input."""
    send(connection, {"ask": question})
    answer = _line(connection)
    if not answer:
        raise KeyboardInterrupt  # the client has gone
    found = json.loads(answer)["answer"]
    return None if found is None else str(found)


def _line(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        more = connection.recv(65536)
        if not more or len(data) > LARGEST_REQUEST:
            return b""
        data += more
    return data


def _request(connection: socket.socket) -> dict[str, Any] | None:
    """What the client asks; None for another user, or for one that asks nothing."""
    if not _own(connection):
        return None
    line = _line(connection)
    return cast("dict[str, Any]", json.loads(line)) if line else None


def _own(connection: socket.socket) -> bool:
    """Whether the client is of the user that runs the server, by the kernel's word."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # macOS: the private folder alone
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", found)
    return bool(user == os.getuid())


def main() -> int:
    """Serve; at once 0 where another server does already."""
    folder = runtime_folder()
    if folder is None:
        return 1
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return 0
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
        address = folder / "socket"
        address.unlink(missing_ok=True)  # of a server that was killed
        try:
            _serve(address)
        finally:
            address.unlink(missing_ok=True)
            (folder / "lock").unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                folder.rmdir()
    return 0


def _serve(address: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        server = Server(listener, float(os.environ.get("KATA_IDLE") or IDLE))
        server.forker.start()  # before there are threads
        django.setup()
        for name in COMMANDS:
            load_command_class("core", name)
        listener.bind(str(address))
        listener.listen()
        signal.signal(signal.SIGTERM, lambda *_: setattr(server, "ending", True))
        server.serve()


if __name__ == "__main__":
    sys.exit(main())
