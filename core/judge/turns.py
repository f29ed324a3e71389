"""Threads that take turns: one runs at a time, and no clock decides which.

A player is a thread that calls one function. Its turn ends where it is told to stop, where it must
wait for a lock or for SQLite, and at its end. So it is known, not guessed, that nobody can go on.
"""

import contextlib
import linecache
import os
import threading
from _thread import allocate_lock
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from core.judge import instrument
from core.judge.expectation import Mismatch
from core.judge.growth import has_database

T = TypeVar("T")

DEADLINE = 1.5  # seconds; twice that without progress, and whoever runs is given up
LONG = 1_000  # steps of one turn after which the others may look whether they can go on
ENDLESS = 100_000  # steps of all players
_here = threading.local()  # .player: whose thread this is


class Standstill(Mismatch):
    """Threads that do not come to their end."""


class Over(BaseException):
    """Unwinds a thread for which there is no going on. No Exception: learners catch those."""


class Player:
    """A thread of its own for one call; `result` or `error` is what came of it."""

    def __init__(self, turns: "Turns", name: str, call: Callable[[], Any]) -> None:
        self.turns = turns
        self.name = name
        self.call = call
        self.result: Any = None
        self.error: BaseException | None = None
        self.ended = False
        self.at = ("", 0)  # path and line of its last step
        self.turn = 0  # steps since it was last given the turn
        self.looked = -1  # while it waits: the progress that there was when it last tried
        self.patient = True  # False: it gives up waiting when nobody can go on
        self.gate = allocate_lock()  # open while it is this player's turn
        self.gate.acquire()

    @property
    def place(self) -> str:
        """`exercise.py:9 (self.last = number)`"""
        path, line = self.at
        inside = os.path.relpath(path, instrument.SESSION.folder) if path else "its start"
        return f"{inside}:{line} ({linecache.getline(path, line).strip()})" if path else inside

    def run(self) -> None:
        self.gate.acquire()
        _here.player = self
        try:
            with database_in_turns(self):
                self.result = self.call()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever wants the result
            self.error = error
        finally:
            self.turns.end(self)

    def until(self, attempt: Callable[[], bool], *, patient: bool) -> bool:
        """Give the turn away until the attempt succeeds; False where nobody can make it succeed."""
        if attempt():
            return True
        self.patient = patient
        self.turns.waits.append(f"{self.name} had to wait in {self.place}")
        self.turns.events.append(self.turns.waits[-1])
        while self.turns.wait(self):
            if attempt():
                return True
        return False


class Turns:
    """Calls in threads. The `first` one stops at its step `stop`, and the others run; or, if it has
    fewer steps than that, they run one after the other. Each goes as far as it can."""

    def __init__(self, calls: tuple[Callable[[], Any], ...], *, first: int, stop: int) -> None:
        self.players = [Player(self, f"thread {n}", call) for n, call in enumerate(calls, 1)]
        self.now = self.first = self.players[first]
        self.stop = stop
        self.length = 0  # steps of the first
        self.progress = 0  # steps, releases and ends of all: after any, another may go on
        self.events: list[str] = []
        self.waits: list[str] = []
        self.over = ""  # what is seen of it when nobody goes on
        self.why = ""
        self._done = allocate_lock()
        self._done.acquire()

    def run(self) -> None:
        """Let all play; `over` says whether they came to their end."""
        threads = [
            threading.Thread(target=player.run, name=player.name, daemon=True)
            for player in self.players
        ]
        for thread in threads:
            thread.start()
        self.first.gate.release()
        before = -1
        while not self._done.acquire(timeout=DEADLINE if instrument.SESSION.bounded else -1):
            if before == self.progress:
                self.over = f"{self.now.name} does not come back from {self.now.place}"
                return
            before = self.progress
        for thread in threads:
            thread.join()

    def step(self, player: Player) -> None:
        self._go_on()
        self.progress += 1
        player.turn += 1
        if player is self.first:
            self.length += 1
        if self.progress > ENDLESS:
            self.over = f"{player.name} goes round and round in {player.place}"
        elif player is self.first and self.length == self.stop:
            self.events.append(f"{player.name} stopped in {player.place}")
            self._pass_on(player)
        elif player.turn > LONG:
            self._pass_on(player)
        self._go_on()

    def wait(self, player: Player) -> bool:
        """Come back when another has made progress; False if none can and it is not patient."""
        player.looked = self.progress
        self._pass_on(player)
        gave_up = player.looked == -1
        player.looked = -1
        return not gave_up

    def end(self, player: Player) -> None:
        player.ended = True
        self.progress += 1
        if not self.over:
            self.events.append(f"{player.name} came to its end")
        left = [each for each in self._after(player) if not each.ended]
        if not left:
            self._done.release()
            return
        following = self._following(player)
        if following is None and not self.over:
            self._stand_still()
        self._give(following or left[0])

    def _pass_on(self, player: Player) -> None:
        """Let another run, if one can; comes back when it is this player's turn again."""
        following = self._following(player)
        if following is None:
            self._stand_still()
        elif following is not player:
            self._give(following)
            player.gate.acquire()
        self._go_on()

    def _give(self, player: Player) -> None:
        self.now = player
        player.turn = 0
        player.gate.release()

    def _go_on(self) -> None:
        if self.over:
            raise Over

    def _following(self, player: Player) -> Player | None:
        """Whose turn it is after this player; None where all wait for one another."""
        alive = [each for each in self._after(player) if not each.ended]
        for each in alive:
            if each.looked < self.progress:
                return each
        for each in alive:
            if not each.patient:
                each.looked = -1
                return each
        return None

    def _after(self, player: Player) -> list[Player]:
        """All players, those behind this one first, itself last."""
        position = self.players.index(player) + 1
        return self.players[position:] + self.players[:position]

    def _stand_still(self) -> None:
        waiting = [f"{p.name} waits for ever in {p.place}" for p in self.players if not p.ended]
        self.over = ", ".join(waiting)
        alone = "Whoever should release what it waits for is at its end, or is itself."
        self.why = "Each waits for what another of them holds." if waiting[1:] else alone


def step(value: T, path: str, line: int) -> T:
    """Where another thread may break in: called with each value that the learner's code computes."""
    player: Player | None = getattr(_here, "player", None)
    if player:
        player.at = path, line
        player.turns.step(player)
    return value


class Lock:
    """A lock as threading makes them, but a player who waits for it gives the turn away."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self.locked = self._lock.locked

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        player: Player | None = getattr(_here, "player", None)
        if player is None or not blocking or timeout == 0:
            return self._lock.acquire(blocking, timeout)
        return player.until(lambda: self._lock.acquire(blocking=False), patient=timeout < 0)

    def release(self) -> None:
        self._lock.release()
        player: Player | None = getattr(_here, "player", None)
        if player:
            player.turns.progress += 1

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


@contextlib.contextmanager
def locks_in_turns() -> Iterator[None]:
    """Locks made inside, and all that threading builds from them, give turns away."""
    before = {name: getattr(threading, name) for name in ("Lock", "RLock", "_allocate_lock")}
    # Its RLock in Python is made of a plain lock, as are its conditions, semaphores and events.
    after = {"Lock": Lock, "RLock": threading._RLock, "_allocate_lock": Lock}
    for name, kind in after.items():
        setattr(threading, name, kind)
    try:
        yield
    finally:
        for name, kind in before.items():
            setattr(threading, name, kind)


@contextlib.contextmanager
def database_in_turns(player: Player) -> Iterator[None]:
    """While SQLite is locked by another player's transaction, this one gives its turn away.

    Where nobody can go on, SQLite would wait out its timeout: "database is locked" is raised.
    """
    from django.conf import settings
    from django.db import OperationalError, connections

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        results: list[Any] = []
        errors: list[OperationalError] = []

        def attempt() -> bool:
            try:
                results.append(execute(sql, params, many, context))
            except OperationalError as error:
                if "locked" not in str(error):
                    raise
                errors.append(error)
            return bool(results)

        if context["connection"].vendor == "sqlite":
            context["connection"].connection.execute("PRAGMA busy_timeout = 0")
        if not player.until(attempt, patient=False):
            raise errors[-1]
        return results[0]

    if not settings.configured or not has_database():
        yield
        return
    for connection in connections.all():
        connection.execute_wrappers.append(wrapper)
    try:
        yield
    finally:
        connections.close_all()
