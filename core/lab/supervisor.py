"""Keeps a lab: its address, and behind it always one server, replaced at each save.

One thread decides; those of the watcher and of the servers put what they have to say in its inbox.
The socket is its own, so that a browser only ever waits while one server follows another.
"""

import contextlib
import os
import queue
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections

from core import catalogue
from core.errors import KataError
from core.kata import Kata
from core.lab.gate import LEAVE, limit_of
from core.lab.given import given
from core.lab.process import Server
from core.lab.reference import reference
from core.needs.lease import Unavailable, holding
from core.practice import grading
from core.serve.part import how
from core.watch.files import Watcher, content

IMPORTS = 30.0  # seconds for a new Python to import what a lab needs, on a busy machine
GRACE = 5.0  # seconds after a server should have said by itself that something takes too long
SETTLE = 0.1  # seconds that a save may leave a file missing or empty
MOST_DEATHS = 3  # of a server that needs nothing of the learner's
LOOK, STOP = "look", "stop"  # what threads put in the inbox beside servers' messages


class Failed(KataError):
    """The lab cannot even show what is wrong."""


class Supervisor:
    """`say` gets a sentence whenever the lab is another."""

    def __init__(
        self,
        kata: Kata,
        listener: socket.socket,
        place: Path,
        token: str,
        say: Callable[[str], None],
    ) -> None:
        self.kata = kata
        self.listener = listener
        self.place = place
        self.token = token
        self.say = say
        self.inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.servers = contextlib.ExitStack()  # shares of real servers, of one start
        self.secret = secrets.token_urlsafe(32)
        self.size = 0  # how much data; 0 for what the kata's lab begins with
        self.current: Server | None = None
        self.spare: Server | None = None
        self.leaving: dict[Server, float] = {}  # that answer what they were asked, until when
        self.problem: dict[str, Any] | None = None
        self.started = 0.0
        self.ready = self.announced = False
        self.deaths = 0
        self.seen = content(kata)

    def stop(self) -> None:
        """From any thread or signal handler."""
        self.inbox.put(STOP)

    def run(self, announce: Callable[[], None] = lambda: None) -> None:
        """Until told to stop; `announce` is called once, when the lab answers."""
        watcher = Watcher(self.kata.folder, lambda: self.inbox.put(LOOK))
        with contextlib.ExitStack() as stack:
            stack.callback(watcher.stop)
            stack.callback(self._end)
            stack.enter_context(holding())
            self.temporary = stack.enter_context(_temporary())
            self._start()
            while (word := self._next()) != STOP:
                if word == LOOK:
                    self._look()
                elif word is not None:
                    self._heard(*word)
                if self.ready and not self.announced:
                    self.announced = True
                    announce()

    def _next(self) -> Any:
        """The next word of the inbox; None where a server took too long, and is no more."""
        moment, late = self._deadline()
        patience = None if moment is None else max(moment - time.monotonic(), 0.01)
        try:
            return self.inbox.get(timeout=patience)
        except queue.Empty:
            late()
            return None

    def _deadline(self) -> tuple[float | None, Callable[[], object]]:
        """When something must have happened, and what to do if it has not."""
        limit = limit_of(self.kata.limits) + GRACE
        found: list[tuple[float, Callable[[], object]]] = []
        if self.leaving:
            server, until = next(iter(self.leaving.items()))
            found.append((until, server.end))  # its end is told by the inbox
        if not self.ready:
            words = f"The lab did not start within {limit + IMPORTS:.0f} seconds."
            found.append((self.started + limit + IMPORTS, self._too_long(words)))
        elif self.current and self.current.busy:
            path, since = min(self.current.busy.values(), key=lambda each: each[1])
            words = f"{path} did not answer within {limit:.0f} seconds and was ended."
            found.append((since + limit, self._too_long(words)))
        return min(found, key=lambda each: each[0]) if found else (None, lambda: None)

    def _too_long(self, words: str) -> Callable[[], None]:
        return lambda: self._start(_problem("Too long", words))

    def _look(self) -> None:
        """Start anew where the files are others than those that are served."""
        now = content(self.kata)
        if now != self.seen and not now.whole:
            time.sleep(SETTLE)
            now = content(self.kata)
        if now == self.seen:
            return
        self.seen = now
        with contextlib.suppress(KataError):  # kata.toml may be in the midst of a change
            self.kata = catalogue.get(self.kata.slug)
        self._start()

    def _start(self, problem: dict[str, Any] | None = None) -> None:
        """Put the next server in place of the current one: of the kata, or of its problem."""
        for server in self.leaving:
            server.end()
        self.leaving.clear()
        if self.current and self.ready and not problem:
            self.current.leave()
            self.leaving[self.current] = time.monotonic() + LEAVE + GRACE
        elif self.current:
            self.current.end()
        self.servers.close()
        server, self.spare = self.spare or Server(self.listener, self.inbox), None
        self.current, self.ready, self.started = server, False, time.monotonic()
        told: dict[str, Any] = {"token": self.token, "slug": self.kata.slug, "secret": self.secret}
        if problem is None:
            try:
                told |= self._kata()
            except Unavailable as error:
                problem = _problem("unavailable", f"{error.message} {error.hint}")
        if problem is not None:
            told |= {"problem": problem, "title": self.kata.title}
            if problem != self.problem:
                self.say(_sentence(problem))
        self.problem = problem
        server.line.send(**told)

    def _kata(self) -> dict[str, Any]:
        return {
            "job": self.servers.enter_context(given(self.kata)).to_json(),
            "place": str(self.place),
            "temporary": self.temporary,
            "size": self.size,
            "databases": list(self.kata.databases),
        }

    def _heard(self, server: Server, message: dict[str, Any] | None) -> None:
        if server in self.leaving:
            self._left(server, message)
        if server is self.spare and message is None:
            self.spare = None  # somebody killed it: the next start makes its own
        if server is not self.current:
            return
        if message is None:
            self._died(server)
        elif "problem" in message:
            self._start(message["problem"])
        elif "ready" in message:
            self._answers()
        elif "filled" in message:
            self.size = message["filled"]
        elif "again" in message:
            self._start()
        elif "busy" in message:
            self._counted(server, message)
        elif "ask" in message:
            self._asked(server, message)

    def _left(self, server: Server, message: dict[str, Any] | None) -> None:
        if message is None:
            server.end()
            del self.leaving[server]
        elif "ask" in message:
            self._asked(server, message)

    def _asked(self, server: Server, message: dict[str, Any]) -> None:
        threading.Thread(target=self._answer, args=(server, message), daemon=True).start()

    def _answers(self) -> None:
        self.ready = True
        if not self.problem:
            self.deaths = 0
        if self.spare is None:  # only now: the start itself had the processor to itself
            self.spare = Server(self.listener, self.inbox)

    def _counted(self, server: Server, message: dict[str, Any]) -> None:
        if message["runs"]:
            server.busy[message["busy"]] = message["path"], time.monotonic()
        else:
            server.busy.pop(message["busy"], None)

    def _died(self, server: Server) -> None:
        status = server.end()
        if self.problem:
            self.deaths += 1
            if self.deaths >= MOST_DEATHS:
                raise Failed(
                    f"The lab's own page cannot be served: its process ended {how(status)}."
                )
            self._start(self.problem)
            return
        during = ", ".join(path for path, _ in server.busy.values())
        words = f"The lab's process ended {how(status)}"
        words += f" while it answered {during}." if during else "."
        self._start(_problem("Ended", words))

    def _answer(self, server: Server, message: dict[str, Any]) -> None:
        """What only the workspace knows: whether the reference may be seen, and what it costs."""
        answer: dict[str, Any] = {}
        try:
            if message["ask"] == "earned":
                answer = {"earned": grading.earned(self.kata)}
            elif message["ask"] == "reference" and grading.earned(self.kata):
                answer = reference(self.kata, message["size"])
        except (KataError, DatabaseError) as error:
            answer = {"problem": str(error)}
        finally:
            connections.close_all()
        server.line.send(number=message["number"], **answer)

    def _end(self) -> None:
        for server in (self.current, self.spare, *self.leaving):
            if server:
                server.end()
        self.servers.close()


def _temporary() -> "tempfile.TemporaryDirectory[str]":
    """HOME and TMPDIR of the learner's code, as a run has them."""
    try:
        return tempfile.TemporaryDirectory(prefix="kata-lab-")
    except OSError as error:
        raise Failed(
            f"No folder for the lab can be made: {error.strerror}.",
            hint="Free some space, or name another folder with TMPDIR=/a/folder.",
        ) from error


def _problem(kind: str, message: str) -> dict[str, Any]:
    return {"kind": kind, "message": message, "lines": []}


def _sentence(problem: dict[str, Any]) -> str:
    where = problem["lines"][-1] if problem["lines"] else None
    at = f"{os.path.basename(where['path'])}:{where['line']}: " if where else ""
    return f"{at}{problem['kind']}: {problem['message']}"
