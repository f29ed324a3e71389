"""Which version of a program is here, by its own word; and whether a named server listens."""

import re
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from core.needs.find import Found
from core.needs.server import environment
from core.needs.urls import socket_of

LONGEST = 10.0  # seconds for a program to say its version
PATIENCE = 2.0  # seconds for a server to take a connection
PORTS = {"postgres": 5432, "redis": 6379, "rabbitmq": 5672, "elasticsearch": 9200}
FLAGS = {"nginx": "-v"}


def version_of(found: Found) -> str:
    """Such as "18.6"; "" where the program does not say, or a URL names the server."""
    if found.program is None:
        return ""
    if found.need == "rabbitmq":
        return _of_rabbitmq(found.program)
    try:
        done = subprocess.run(  # noqa: S603 - a program that find() names
            [found.program, FLAGS.get(found.need, "--version")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment(),
            check=False,
            timeout=LONGEST,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    number = re.search(r"\d+(\.\d+)+", done.stdout)
    return number[0] if number else ""


def _of_rabbitmq(program: Path) -> str:
    """By the folder of its code: to ask it takes a second, in an Erlang of its own."""
    folders = [each.name for each in program.parent.parent.glob("lib/rabbitmq_server-*")]
    return max(folders, default="-").rpartition("-")[2]


def listens(found: Found) -> str:
    """Why nothing takes a connection at a URL; "" where something does. PATIENCE at most."""
    try:
        path = socket_of(found.url)
        if path:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(PATIENCE)
                client.connect(path)
            return ""
        parts = urlsplit(found.url)
        port = parts.port or {"https": 443, "amqps": 5671}.get(parts.scheme, PORTS[found.need])
        socket.create_connection((parts.hostname or "localhost", port), PATIENCE).close()
    except (OSError, ValueError) as error:
        return f"nothing answers there: {getattr(error, 'strerror', None) or error}"
    return ""
