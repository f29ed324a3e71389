"""What stands before the pages of a lab: who may come in, how long a request may take, when to reload."""

import hmac
import html
import os
import re
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, NoReturn
from urllib.parse import parse_qs

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from core.judge.instrument import is_edited
from core.kata import Limits
from core.lab.control import Line, Message
from core.lab.overlay import PREFIX
from core.runner.job import Job

PATIENCE = 2  # times the kata's limit on seconds, for a request: it may be watched by the toolbar
START = 15.0  # seconds for Django to start on a busy machine, beside a request's for the kata
PULSE = 25.0  # seconds that a page's question "is this still the server?" waits for its answer
LOOK = 0.1  # seconds between looks at requests that run
QUIET = 0.3  # seconds without a question, for a server to leave
LEAVE = 2.0  # seconds for requests that run when another server is to follow
ASKED = 60.0  # seconds for the supervisor to answer
CONNECTION = "lab.connection"  # in the environment of a request: which it came by
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(eq=False)
class Running:
    """A request, or the start of the lab, that runs in a thread."""

    path: str
    limit: float  # seconds
    thread: int = field(default_factory=threading.get_ident)
    since: float = field(default_factory=time.monotonic)
    connection: socket.socket | None = None
    answered: bool = False  # its answer has begun: a stream may go on


class Handler(WSGIRequestHandler):
    """Tells the gate which connection a request came by, and nobody of requests."""

    def get_environ(self) -> dict[str, Any]:
        return super().get_environ() | {CONNECTION: self.connection}

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base calls it
        return


class Server(ThreadedWSGIServer):
    """Knows its connections, so that it can leave without one that has a question."""

    stopping = False

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(
            listener.getsockname(), Handler, bind_and_activate=False, allow_reuse_address=False
        )
        self.socket.close()
        self.socket = listener  # the supervisor's, for the next server too
        self.server_name, self.server_port = listener.getsockname()
        self.connections: set[socket.socket] = set()
        self.setup_environ()

    def get_request(self) -> tuple[socket.socket, Any]:
        if self.stopping:
            threading.Event().wait()  # what comes now waits in the socket's queue for the next
        found: tuple[socket.socket, Any] = super().get_request()
        self.connections.add(found[0])
        return found

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def asked(self) -> bool:
        """Whether a question has come that nobody reads yet."""
        open_ones = [each for each in list(self.connections) if each.fileno() >= 0]
        return bool(open_ones and select.select(open_ones, [], [], 0)[0])


class Gate:
    """The WSGI application around a lab's pages, and the threads that watch over them."""

    def __init__(self, line: Line, *, token: str, slug: str) -> None:
        self.line = line
        self.token = token
        self.cookie = f"lab_{slug}"
        self.app: WSGI | None = None
        self.server: Server | None = None
        self.job: Job | None = None
        self.limit = float("inf")  # seconds for a request
        self.running: set[Running] = set()
        self.some = threading.Condition()
        self.answers: dict[int, Message] = {}

    def begins(self, job: Job) -> None:
        """From now on, nothing may take too long: first the start itself."""
        self.job = job
        self.limit = limit_of(job.limits)
        self.running.add(Running("the start", START + self.limit))
        threading.Thread(target=self._watch, daemon=True).start()

    def serve(self, app: WSGI, listener: socket.socket) -> NoReturn:
        """Until the process ends."""
        self.app = app
        self.server = server = Server(listener)
        server.set_app(self)
        with self.some:
            self.running.clear()
        self.line.send(ready=True)
        server.serve_forever()
        os._exit(0)

    def ask(self, question: str, **values: Any) -> Message:
        """What the supervisor says; nothing where it does not in time."""
        number = threading.get_ident()
        self.line.send(ask=question, number=number, **values)
        with self.some:
            self.some.wait_for(lambda: number in self.answers, ASKED)
            return self.answers.pop(number, {})

    def stop(self) -> NoReturn:
        """End, once what was asked is answered or has had its time."""
        now = quiet = time.monotonic()
        deadline = now + LEAVE
        if self.server:
            self.server.stopping = True
            # A question that was read is not there to be seen any more until its thread says so.
            while now < min(quiet + QUIET, deadline):
                time.sleep(LOOK)
                now = time.monotonic()
                quiet = now if self.running or self.server.asked() else quiet
        os._exit(0)

    def answered(self, message: Message) -> None:
        with self.some:
            self.answers[message["number"]] = message
            self.some.notify_all()

    def __call__(self, wsgi: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path, host = wsgi["PATH_INFO"], wsgi.get("HTTP_HOST", "")
        if host.rpartition(":")[0] not in LOOPBACK:
            return _plain(start, "403 Forbidden", "This is the lab of somebody on this machine.")
        if path.startswith("/enter/"):
            return self._enter(path.split("/")[2], wsgi, start)
        given = SimpleCookie(wsgi.get("HTTP_COOKIE", "")).get(self.cookie)
        if not given or not hmac.compare_digest(given.value.encode(), self.token.encode()):
            words = "The lab opens by its link: start it once more, and it is printed again."
            return _plain(start, "403 Forbidden", words)
        if path == "/lab/pulse/":
            # Where this process ends meanwhile, a browser asks again by itself: the next one says it.
            if wsgi.get("QUERY_STRING") == str(os.getpid()):
                time.sleep(PULSE)
                return _plain(start, "204 No Content", "")
            return _plain(start, "200 OK", "another")
        return self._within_limits(wsgi, start)

    def _enter(
        self, token: str, wsgi: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        """The link: a cookie, and on to the page that it names by `to`."""
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            words = "This link is of a lab that has ended: start it once more for a new one."
            return _plain(start, "403 Forbidden", words)
        to = parse_qs(wsgi.get("QUERY_STRING", "")).get("to", [PREFIX])[0]
        to = to if re.fullmatch(r"/[\w/?=&%.-]+", to) and not to.startswith("//") else PREFIX
        cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Lax"
        start("302 Found", [("Location", to), ("Set-Cookie", cookie)])
        return [b""]

    def _within_limits(self, wsgi: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        assert self.app  # noqa: S101 - it is served
        running = Running(wsgi["PATH_INFO"], self.limit, connection=wsgi[CONNECTION])

        def begun(*args: Any) -> Any:
            running.answered = True
            return start(*args)

        self._count(running, runs=True)
        try:
            return self.app(wsgi, begun)
        finally:
            self._count(running, runs=False)

    def _count(self, running: Running, *, runs: bool) -> None:
        with self.some:
            (self.running.add if runs else self.running.discard)(running)
            self.some.notify_all()
        # Where C code holds the interpreter, only another process can say that it takes too long.
        self.line.send(busy=id(running), path=running.path, runs=runs)

    def _watch(self) -> None:
        while True:
            with self.some:
                self.some.wait_for(lambda: self.running)
                late = [
                    each
                    for each in self.running
                    if time.monotonic() > each.since + each.limit and not each.answered
                ]
            if late:
                self._end(late[0])
            time.sleep(LOOK)

    def _end(self, late: Running) -> None:
        """Say where it stands, to the browser that waits and to the supervisor, which ends us."""
        lines = self._lines(late.thread)
        words = f"{late.path} took more than {late.limit:.0f} seconds and was ended."
        problem = {"kind": "Too long", "message": words, "lines": lines}
        if late.connection:
            where = "".join(f"\n{each['path']}:{each['line']}  {each['code']}" for each in lines)
            body = (
                '<!doctype html><meta http-equiv="refresh" content="1">'
                f"<title>Too long</title><pre>{html.escape(words + where)}</pre>"
            ).encode()
            head = "HTTP/1.1 504 Gateway Timeout\r\nContent-Type: text/html; charset=utf-8\r\n"
            head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            try:
                late.connection.sendall(head.encode() + body)
            except OSError:
                late.connection = None  # it has gone: nobody to tell
        self.line.send(problem=problem)
        threading.Event().wait()  # for the supervisor to end this process

    def _lines(self, thread: int) -> list[dict[str, Any]]:
        """Where a thread stands in the learner's files, the innermost line last."""
        import linecache

        job, found = self.job, []
        frame = sys._current_frames().get(thread)
        while frame and job:
            path = frame.f_code.co_filename
            if is_edited(os.path.relpath(path, job.folder), job.edit):
                text = linecache.getline(path, frame.f_lineno).strip()
                found.append(
                    {
                        "path": path,
                        "line": frame.f_lineno,
                        "function": frame.f_code.co_name,
                        "code": text,
                    }
                )
            frame = frame.f_back
        return found[::-1]


def limit_of(limits: Limits) -> float:
    """Seconds for a request."""
    return float(limits.seconds * PATIENCE)


def _plain(start: Callable[..., Any], status: str, words: str) -> Iterable[bytes]:
    body = words.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    start(status, [*headers, ("Content-Length", str(len(body)))] if body else headers)
    return [body] if body else []
