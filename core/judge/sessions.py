"""Sessions of a PostgreSQL database, a thread and a connection each, which a test steps.

Nothing is ordered by sleeping: a session is held at a point until it is told to go on, and whether
another waits for its lock is PostgreSQL's own word, over a connection that stands beside them.
"""

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core.judge.expectation import Mismatch, shorten

LOOK = 0.005  # seconds between two looks at locks
GRACE = 1.0  # seconds for a session to end at the end of the block
DEATH = 5000  # milliseconds for a connection to end
OTHERS = "another connection"
# Of a backend: what it does, and who holds or is ahead in line for the lock that it waits for.
DOING = "SELECT query, pg_blocking_pids(pid) FROM pg_stat_activity WHERE pid = %s"

_here = threading.local()


class Stuck(Mismatch):
    """A session did not come in time to where the test waits for it."""


class Abandoned(BaseException):
    """In a session that is held while its test ends: its transaction is rolled back."""


@dataclass(frozen=True)
class Point:
    """A statement at which a session is held: the `nth` that the regular expression is found in."""

    pattern: str
    done: bool  # held when it has been sent and answered, or just before
    nth: int

    def words(self) -> str:
        number = "" if self.nth == 1 else f" number {self.nth}"
        return f"{'after' if self.done else 'before'} {self.pattern}{number}"


def before(pattern: str, nth: int = 1) -> Point:
    """Hold a session just before it sends such a statement: `before("^UPDATE")`."""
    return Point(pattern, done=False, nth=nth)


def after(pattern: str, nth: int = 1) -> Point:
    """Hold a session when such a statement has been answered: `after("FOR UPDATE")`."""
    return Point(pattern, done=True, nth=nth)


def hold() -> None:
    """Hold the session that this is called in, here."""
    session: Session | None = getattr(_here, "session", None)
    if session is None:
        raise RuntimeError("hold() is for code that a session runs")
    session._pause()


@contextlib.contextmanager
def sessions(*, seconds: float = 5.0, using: str = "default") -> Iterator["Sessions"]:
    """Sessions for a test, which must be a TransactionTestCase: others see what is committed alone.

    All waiting in the block ends `seconds` after its start, with Stuck. At its end sessions that are
    held are rolled back and all connections closed; an error that nobody asked for is raised.
    """
    from django.db import connections

    connection = connections[using]
    if connection.vendor != "postgresql":
        raise RuntimeError('sessions() needs a kata with database = "postgres"')
    if connection.in_atomic_block:
        raise RuntimeError(
            "sessions() needs a TransactionTestCase: another sees no open transaction"
        )
    beside = connection.get_new_connection(connection.get_connection_params())
    beside.autocommit = True  # below Django: what it asks is no query of the learner's
    found = Sessions(beside, seconds, using)
    try:
        yield found
    except BaseException:
        found._end()
        raise
    else:
        if still := found._end():
            raise Stuck(*still, "it to end before the test does")
        for session in found.all.values():
            if session.error and not session.asked:
                raise session.error
    finally:
        beside.close()


class Sessions:
    """The sessions of one block, by name."""

    def __init__(self, beside: Any, seconds: float, using: str) -> None:
        self.all: dict[str, Session] = {}
        self.beside = beside
        self.using = using
        self.seconds = seconds
        self.deadline = time.monotonic() + seconds
        self.changed = threading.Condition()
        self.closing = False

    def start(
        self,
        name: str,
        do: Callable[..., Any],
        *args: Any,
        hold: Point | None = None,
        **kwargs: Any,
    ) -> "Session":
        """Call `do` in a session of its own, from now on; `hold` is where it is held."""
        if name in self.all:
            raise ValueError(f"there is a session {name!r} already")
        session = Session(self, name, lambda: do(*args, **kwargs), hold)
        self.all[name] = session
        session.thread.start()
        return session

    def _doing(self, session: "Session") -> tuple[str, tuple[str, ...]]:
        """What a session has sent, and the names of those whose locks it waits for."""
        row = self.beside.execute(DOING, (session.pid,)).fetchone()
        if row is None:
            return "", ()
        names = {each.pid: each.name for each in self.all.values()}
        return row[0], tuple(dict.fromkeys(names.get(pid, OTHERS) for pid in row[1]))

    def _end(self) -> tuple[str, str] | None:
        """End all sessions; the name of one that did not end by itself, and what it did."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()
        left = self._still_running()
        found = (left[0].name, left[0]._now()) if left else None
        for session in left:
            self.beside.execute("SELECT pg_terminate_backend(%s)", (session.pid,))
        self._still_running()  # a loop in Python cannot be ended: the run's limits are for it
        return found

    def _still_running(self) -> list["Session"]:
        end = time.monotonic() + GRACE
        for session in self.all.values():
            session.thread.join(max(0.0, end - time.monotonic()))
        return [each for each in self.all.values() if each.thread.is_alive()]


class Session:
    """One call on a thread of its own. `held`, `waits_for` and `result` wait for what they tell."""

    def __init__(
        self, block: Sessions, name: str, do: Callable[[], Any], point: Point | None
    ) -> None:
        self.block = block
        self.name = name
        self.point = point
        self.pid = 0
        self.state = "running"  # or "held" or "ended"
        self.value: Any = None
        self.error: BaseException | None = None
        self.asked = False  # whether the test has been told how it ended
        self.seen = 0  # statements that matched the point
        self.thread = threading.Thread(target=self._run, args=(do,), name=name, daemon=True)

    def held(self) -> bool:
        """Wait until it is held: True; False where it came to its end without."""
        where = self.point.words() if self.point else "where it calls hold()"
        self._until(lambda: self.state != "running", f"it to be held {where}")
        return self.state == "held"

    def waits_for(self) -> tuple[str, ...]:
        """Wait until it waits for a lock: the sessions that hold it, or are ahead in line.

        () where it came to its end, or to where it is held, without.
        """
        names: tuple[str, ...] = ()

        def known() -> bool:
            nonlocal names
            names = self.block._doing(self)[1] if self.pid else ()
            return bool(names) or self.state != "running"

        self._until(known, "it to wait for a lock")
        return names

    def go(self) -> None:
        """Go on from where it is held, to its end."""
        with self.block.changed:
            if self.state == "held":
                self.state = "running"
                self.block.changed.notify_all()

    def disconnect(self) -> None:
        """End its connection, as the death of its process does: whatever it sends next fails."""
        self.block.beside.execute(f"SELECT pg_terminate_backend(%s, {DEATH})", (self.pid,))

    def outcome(self) -> Any:
        """Wait until it has ended: what it returned, or the exception that it raised."""
        if self.state == "held":
            raise RuntimeError(f"{self.name} is held: call go() before you ask for its result")
        self._until(lambda: self.state == "ended", "it to end")
        self.asked = True
        return self.error or self.value

    def result(self) -> Any:
        """Wait until it has ended: what it returned; raises what it raised."""
        self.outcome()
        if self.error:
            raise self.error
        return self.value

    def _until(self, true: Callable[[], bool], expected: str) -> None:
        block = self.block
        while not true():
            if time.monotonic() > block.deadline:
                raise Stuck(self.name, self._now(), expected)
            with block.changed:
                block.changed.wait(LOOK)

    def _now(self) -> str:
        if self.state != "running":
            return self.state
        sent, names = self.block._doing(self)
        waits = f", waiting for a lock of {' and '.join(names)}" if names else ""
        doing = f": {shorten(' '.join(sent.split()), 120)}" if sent else ""
        passed = time.monotonic() - self.block.deadline + self.block.seconds
        return f"still running after {passed:.0f} seconds{waits}{doing}"

    def _run(self, do: Callable[[], Any]) -> None:
        from django.db import connections

        _here.session = self
        connection = connections[self.block.using]
        try:
            connection.ensure_connection()
            self._know(connection)
            # First: where it is held is not the statement's time.
            connection.execute_wrappers.insert(0, self._send)
            self.value = do()
        except Abandoned:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
            self.error = error
        finally:
            connections.close_all()  # of this thread
            with self.block.changed:
                self.state = "ended"
                self.block.changed.notify_all()

    def _know(self, connection: Any) -> None:
        self.pid = connection.connection.info.backend_pid

    def _send(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        self._know(context["connection"])  # it may have been closed and opened again
        here = self._is_here(sql)
        if here and self.point and not self.point.done:
            self._pause()
        answer = execute(sql, params, many, context)
        if here and self.point and self.point.done:
            self._pause()
        return answer

    def _is_here(self, sql: str) -> bool:
        if not self.point or not re.search(self.point.pattern, sql):
            return False
        self.seen += 1
        return self.seen == self.point.nth

    def _pause(self) -> None:
        with self.block.changed:
            self.state = "held"
            self.block.changed.notify_all()
            self.block.changed.wait_for(lambda: self.state != "held" or self.block.closing)
            if self.state == "held":
                raise Abandoned
