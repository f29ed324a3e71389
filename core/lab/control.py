"""What a lab's supervisor and its server tell each other: a line of JSON a message, on a socket."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]


class Line:
    """One end. Any thread may send; one reads."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self._sending = threading.Lock()

    def send(self, **message: Any) -> bool:
        """False where the other end is gone."""
        with self._sending:
            try:
                self.end.sendall(json.dumps(message).encode() + b"\n")
            except OSError:
                return False
        return True

    def messages(self) -> Iterator[Message]:
        """Until the other end is gone."""
        with self.end.makefile("rb") as lines:
            try:
                for line in lines:
                    yield json.loads(line)
            except OSError:
                return
