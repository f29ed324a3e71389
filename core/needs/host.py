"""The process that owns a server: starts it when it is first asked for, ends with the last lease.

One a need and workspace, started by whoever asks first (see `core.needs.lease`). A lease is a
connection; one that ends, however its holder did, takes its share along. The server ends with this
process, and what a killed one left is removed by the next.
"""

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import KataError
from core.needs.elasticsearch import Elasticsearch
from core.needs.find import find
from core.needs.place import locked_to_end
from core.needs.postgres import Postgres
from core.needs.rabbitmq import RabbitMQ
from core.needs.redis import Redis
from core.needs.server import Server, Share, first_line
from core.processes import adopt_orphans

KINDS: dict[str, type[Server]] = {
    "postgres": Postgres,
    "redis": Redis,
    "rabbitmq": RabbitMQ,
    "elasticsearch": Elasticsearch,
}
FIRST = 5.0  # seconds in which whoever started this process asks
LOOK = 0.5  # seconds between two looks at a server whose end the system does not announce


@dataclass(eq=False)
class Lease:
    """A holder's connection, its share if it asked for one, and what it has sent of a question."""

    connection: socket.socket
    share: Share | None = None
    lost: str = ""
    unread: bytes = b""

    def send(self, **answer: Any) -> None:
        with contextlib.suppress(OSError):  # the holder has gone, as the selector will say
            self.connection.sendall(json.dumps(answer).encode() + b"\n")


class Host:
    def __init__(self, listener: socket.socket, server: Server) -> None:
        self.listener = listener
        self.server = server
        self.leases: list[Lease] = []
        self.watched = -1  # descriptor of the server's process
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, self._accept)

    def serve(self) -> None:
        """Answer until nobody holds a lease."""
        self._wait(FIRST)
        while self.leases:
            self._wait(LOOK if self.server.process and self.watched < 0 else None)

    def asked(self) -> bool:
        """Whether somebody has come since."""
        return bool(self.selector.select(0))

    def end(self) -> None:
        self.listener.close()
        self._unwatch()
        self.server.end()
        for each in self.leases:
            each.connection.close()

    def _wait(self, seconds: float | None) -> None:
        for key, _ in self.selector.select(seconds):
            key.data()
        process = self.server.process
        if process and process.poll() is not None:
            self._lose(self.server.lost())

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        lease = Lease(connection)
        self.leases.append(lease)
        self.selector.register(connection, selectors.EVENT_READ, lambda: self._read(lease))

    def _read(self, lease: Lease) -> None:
        try:
            data = lease.connection.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._drop(lease)
            return
        *lines, lease.unread = (lease.unread + data).split(b"\n")
        for line in lines:
            self._answer(lease, json.loads(line))

    def _answer(self, lease: Lease, question: dict[str, Any]) -> None:
        try:
            if self.server.running and (lost := self.server.lost()):
                self._lose(lost)
            if question.get("check"):
                lease.send(lost=lease.lost)
                return
            self._start()
            if question["share"]:
                lease.share = self.server.lend(question)
                lease.send(environment=lease.share.environment, prepared=lease.share.prepared)
            else:
                lease.send(ready=True)
        except KataError as error:
            lease.send(problem=error.message, hint=error.hint)
        except Exception as error:  # noqa: BLE001 - whoever asks must hear of it
            traceback.print_exc()
            reason = first_line(str(error))
            lease.send(problem=f"{self.server.name} could not be used: {reason}.")

    def _start(self) -> None:
        if self.server.running:
            return
        try:
            self.server.start()
        except BaseException:
            self.server.end()
            raise
        if self.server.process and hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):  # an old kernel: looked at now and then
                self.watched = os.pidfd_open(self.server.process.pid)
                self.selector.register(self.watched, selectors.EVENT_READ, lambda: None)

    def _unwatch(self) -> None:
        if self.watched >= 0:
            self.selector.unregister(self.watched)
            os.close(self.watched)
            self.watched = -1

    def _lose(self, how: str) -> None:
        """The server is gone: say so to all who have a share of it. The next wish starts it anew."""
        sys.stderr.write(f"{how}.\n")
        self._unwatch()
        self.server.end()
        for each in self.leases:
            if each.share:
                each.share, each.lost = None, how
                each.send(lost=how)

    def _drop(self, lease: Lease) -> None:
        self.selector.unregister(lease.connection)
        lease.connection.close()
        self.leases.remove(lease)
        if lease.share and self.server.running:
            try:
                self.server.take_back(lease.share)
            except Exception:  # noqa: BLE001 - the others' leases go on; the log keeps why
                traceback.print_exc()


def main(need: str, listener: int, folder: Path) -> None:
    if os.fork():
        os._exit(0)  # whoever asked waits for this one, and the host is nobody's child
    adopt_orphans()
    found = find(need)
    if found is None:
        raise RuntimeError(f"{need} was there a moment ago")
    own = folder.stat()
    host = Host(socket.socket(fileno=listener), KINDS[need](found, folder))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    done = False
    while not done:
        try:
            host.serve()
        except SystemExit:
            done = True
        with locked_to_end(folder):
            if done or not host.asked():
                host.end()
                # One who removed the folder by hand may have made room for another host's.
                if folder.exists() and os.path.samestat(folder.stat(), own):
                    shutil.rmtree(folder, ignore_errors=True)
                done = True


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
