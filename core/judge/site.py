"""A site of the judge's own on 127.0.0.1, which sees how many requests a client has open at once.

What it saw says whether code is concurrent, without a stopwatch: `hold` keeps requests open until
others have had the time to arrive.
"""

import contextlib
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import responses
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import SHUT_RDWR, socket
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

from core.judge.expectation import Mismatch
from core.judge.instrument import record
from core.verdict import Measurement


class OtherPeak(Mismatch):
    """More or fewer requests at once than asked."""


@dataclass(frozen=True)
class Answer:
    """What a request gets. `cut`: the connection ends after so many bytes of the body, whose length
    was promised whole. `pause`: seconds of silence in the middle of the body."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    pause: float = 0.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str  # with its query, as it was sent
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""


Respond = Callable[[str], "Answer | tuple[int, bytes]"]


class Site:
    """What the site saw: `requests` in the order in which they came, and the `peak` of those open."""

    def __init__(self, respond: Respond, hold: float, expected: int | None) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.peak = 0
        self.errors: list[BaseException] = []  # of respond, or of the site itself
        self._respond, self._hold, self._expected = respond, hold, expected
        self._changed = threading.Condition()
        self._in_flight = 0
        self._ended = threading.Event()

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def answer(self, request: Request) -> Answer:
        """Hold the request, then what `respond` says; 500 and a noted error if it raises."""
        with self._changed:
            self.requests.append(request)
            self._in_flight += 1
            self.peak = max(self.peak, self._in_flight)
            self._changed.notify_all()
            self._changed.wait_for(self._released, self._hold)
        try:
            given = self._respond(request.path)
            return given if isinstance(given, Answer) else Answer(*given)
        except Exception as error:  # noqa: BLE001 - raised again in the thread of the test
            self.errors.append(error)
            return Answer(500)

    def answered(self) -> None:
        """Before the last byte goes out: who has read it may ask again, and is alone."""
        with self._changed:
            self._in_flight -= 1

    def wait(self, seconds: float) -> None:
        self._ended.wait(seconds)

    def end(self) -> None:
        """Let go of all that is held."""
        self._ended.set()
        with self._changed:
            self._changed.notify_all()

    def _released(self) -> bool:
        enough = self._expected is not None and self.peak >= self._expected
        return enough or self._ended.is_set()


@contextlib.contextmanager
def site(respond: Respond, *, hold: float = 0.0, expected: int | None = None) -> Iterator[Site]:
    """Serve what `respond(path)` gives, an Answer or (status, bytes), from `served.url`, of any method.

    Each request stays open for `hold` seconds, or until `expected` have been open at once if that is
    sooner. `respond` is called in the threads of the site; what it raises is raised when the block
    ends. Nothing of the site is left after the block, however that ends.
    """
    served = Site(respond, hold, expected)
    server = Server(served)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="site")
    thread.start()
    try:
        yield served
    finally:
        served.end()
        server.shutdown()
        thread.join()
        server.end()
    if served.errors:
        raise served.errors[0]


def failing(respond: Respond, *, times: int, status: int = 503) -> Respond:
    """`respond`, but the first `times` requests of each path get `status` and no body."""
    seen: Counter[str] = Counter()
    lock = threading.Lock()

    def first_fails(path: str) -> Answer | tuple[int, bytes]:
        with lock:
            seen[path] += 1
            fails = seen[path] <= times
        return Answer(status) if fails else respond(path)

    return first_fails


def expect_peak(
    call: str,
    served: Site,
    *,
    at_least: int | None = None,
    at_most: int | None = None,
    because: str = "",
) -> None:
    """Raise OtherPeak unless the most requests that were open at once lie within the bounds."""
    if at_least is None and at_most is None:
        raise TypeError("expect_peak() needs at_least= or at_most=")
    record(Measurement(name="requests at once", call=call, value=served.peak, limit=at_most))
    wanted = [f"at least {at_least}"] if at_least is not None else []
    wanted += [f"at most {at_most}"] if at_most is not None else []
    few = at_least is not None and served.peak < at_least
    if few or (at_most is not None and served.peak > at_most):
        requests = "1 request" if served.peak == 1 else f"{served.peak} requests"
        got = f"{requests} at once, of {len(served.requests)}"
        raise OtherPeak(call, got, " and ".join(wanted), because)


class Server(ThreadingMixIn, HTTPServer):
    """A thread a request, all of them joined at the end."""

    request_queue_size = 1024  # as many may knock at once; what is refused is tried a second later
    daemon_threads = False
    block_on_close = True

    def __init__(self, served: Site) -> None:
        self.served = served
        self._sockets: set[socket] = set()
        super().__init__(("127.0.0.1", 0), Handler)

    def server_bind(self) -> None:
        """Without HTTPServer's look-up of the host's name, which may ask a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        self._sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._sockets.discard(request)
        super().shutdown_request(request)

    def end(self) -> None:
        """Close everything; a connection on which nothing was ever asked holds up nothing."""
        for each in tuple(self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(SHUT_RDWR)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no fault; what else goes wrong is said when the block ends."""
        error = sys.exception()
        if error and not isinstance(error, OSError):
            self.served.errors.append(error)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        whole = self.raw_requestline.endswith(b"\n")  # a client may leave in the middle of it
        if whole and self.parse_request():
            self.reply()

    def reply(self) -> None:
        served = self.server.served
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = served.answer(Request(self.command, self.path, headers, body))
        try:
            last = self.begin(answer)
        finally:
            served.answered()
        self.wfile.write(last)

    def begin(self, answer: Answer) -> bytes:
        """Send all but the last part, which is given back."""
        status = f"HTTP/1.0 {answer.status} {responses.get(answer.status, '')}"
        headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
        lines = [status, *(f"{name}: {value}" for name, value in headers), "", ""]
        head = "\r\n".join(lines).encode("latin-1")
        body = b"" if self.command == "HEAD" else answer.body[: answer.cut]
        if not answer.pause:
            return head + body
        half = len(body) // 2
        self.wfile.write(head + body[:half])
        self.server.served.wait(answer.pause)
        return body[half:]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named in the base class
        """Nothing: the site says what it saw when asked."""
