"""Questions to a server's interface over HTTP, with JSON both ways: standard library only."""

import base64
import contextlib
import http.client
import json
from typing import Any
from urllib.parse import unquote, urlsplit

TIMEOUT = 10.0  # seconds for an answer
# What a question may raise: nobody there, no HTTP or JSON, an answer that refuses.
FAILURES = (OSError, ValueError, http.client.HTTPException)


class Refused(ValueError):
    """An answer that says no."""


def ask(base: str, method: str, path: str, body: object = None) -> Any:
    """What the server at `base` answers; None where there is nothing to say, or to delete.

    `base` is a URL as far as `path` begins, with the user and the password. Raises one of FAILURES.
    """
    parts = urlsplit(base)
    headers = {"Content-Type": "application/json"}
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
    https = parts.scheme == "https"
    kind = http.client.HTTPSConnection if https else http.client.HTTPConnection
    connection = kind(parts.hostname or "localhost", parts.port, timeout=TIMEOUT)
    with contextlib.closing(connection):
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"{parts.path.rstrip('/')}/{path}", sent, headers)
        answer = connection.getresponse()
        data = answer.read()
    if answer.status == http.HTTPStatus.NOT_FOUND and method == "DELETE":
        return None
    if answer.status >= http.HTTPStatus.BAD_REQUEST:
        raise Refused(f"{method} /{path} answers {answer.status} {answer.reason}")
    return json.loads(data) if data else None
