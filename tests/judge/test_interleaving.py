"""Interleavings: every stop is tried, races and deadlocks are found and told, right code passes."""

import threading
from _thread import allocate_lock

import pytest
from django.db import OperationalError

from core.judge import Mismatch, expect
from core.judge.instrument import case_begins, case_ends
from core.judge.interleaving import interleavings
from core.judge.turns import Standstill

SHOP = """
import queue
import threading
from collections import defaultdict
from dataclasses import dataclass, field


class Racy:
    def __init__(self):
        self.last = 0
        self.lock = threading.Lock()

    def next(self):
        self.last += 1
        return self.last


class ReadsBefore(Racy):
    def next(self):
        number = self.last + 1
        with self.lock:
            self.last = number
        return number


class ReturnsAfter(Racy):
    def next(self):
        with self.lock:
            self.last += 1
        return self.last


class FreshLock(Racy):
    def next(self):
        with threading.Lock():
            self.last += 1
            return self.last


class SetsByCall(Racy):
    def next(self):
        setattr(self, "last", self.last + 1)
        return self.last


last = 0


class Global:
    def next(self):
        global last
        number = last
        last = number + 1
        return last


class Locked(Racy):
    def next(self):
        with self.lock:
            self.last += 1
            return self.last


class Acquired(Racy):
    def next(self):
        self.lock.acquire()
        try:
            self.last += 1
            return self.last
        finally:
            self.lock.release()


class Spinning(Racy):
    def next(self):
        while not self.lock.acquire(blocking=False):
            pass
        self.last += 1
        number = self.last
        self.lock.release()
        return number


class Again(Racy):
    def __init__(self):
        self.last = 0
        self.lock = threading.RLock()

    def next(self):
        with self.lock, self.lock:
            self.last += 1
            return self.last


@dataclass
class Data:
    last: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    next = Locked.next


class OnTheClass(Locked):
    lock = threading.Lock()

    def __init__(self):
        self.last = 0


class Counted(Locked):
    def __init__(self):
        self.last = 0
        self.lock = threading.Semaphore(1)


class Conditional(Locked):
    def __init__(self):
        self.last = 0
        self.lock = threading.Condition()


locks = defaultdict(threading.Lock)


class Named(Racy):
    def next(self):
        with locks["numbers"]:
            self.last += 1
            return self.last


class Queued(Racy):
    def __init__(self):
        self.numbers = queue.Queue()
        self.numbers.put(1)
        self.numbers.put(2)

    def next(self):
        return self.numbers.get()
"""


@pytest.fixture
def shop(session, imported):
    return imported(SHOP)


@pytest.mark.parametrize(
    "name",
    ["Racy", "ReadsBefore", "ReturnsAfter", "FreshLock", "SetsByCall", "Global"],
)
def test_race_is_found(shop, name):
    with pytest.raises(Mismatch):
        numbers(shop, name)


@pytest.mark.parametrize(
    "name",
    [
        *("Locked", "Acquired", "Spinning", "Again", "Data", "OnTheClass", "Counted"),
        *("Conditional", "Named", "Queued"),
    ],
)
def test_right_code_passes(shop, name):
    numbers(shop, name)


def numbers(shop, name):
    for turns in interleavings("next()"):
        with turns:
            book = getattr(turns.load(shop), name)()
            expect(turns.call, sorted(turns.run(book.next, book.next)), [1, 2], "Unique.")


def test_mismatch_tells_the_story(shop):
    with pytest.raises(Mismatch) as caught:
        numbers(shop, "Racy")
    error = caught.value
    assert (error.call, error.got, error.expected) == ("next()", "[1, 1]", "[1, 2]")
    line = 1 + SHOP.split("\n").index("        self.last += 1")
    assert str(error).split("\n") == [
        "Unique.",
        f"Thread 1 stopped in exercise.py:{line} (self.last += 1); thread 2 came to its end; "
        "thread 1 came to its end.",
    ]


TWO = """
import threading
import time
from _thread import allocate_lock

first, second = threading.Lock(), threading.Lock()
unknown = allocate_lock()
unknown.acquire()
seen = []


def one_way():
    with first, second:
        seen.append("one way")


def the_other():
    with second, first:
        seen.append("the other")


def gives_up():
    with second:
        if not first.acquire(timeout=3600):
            return "gave up"
        first.release()


def twice():
    with first, first:
        pass


def keeps():
    first.acquire()
    raise ValueError("kept")


def for_ever():
    while True:
        seen[:] = ["round"]


def waits_for_something_else():
    unknown.acquire()


def fails():
    raise KeyError("lost")
"""


@pytest.fixture
def two(session, imported):
    return imported(TWO)


def at(code: str) -> str:
    """Where a line of TWO is, as it is told."""
    line = TWO.split("\n").index(code) + 1
    return f"exercise.py:{line} ({code.strip()})"


def played(two, *names, **options):
    """What all interleavings of these functions gave, without doubles."""
    results = []
    for turns in interleavings("both()"):
        with turns:
            module = turns.load(two)
            got = turns.run(*[getattr(module, name) for name in names], **options)
            results += [got] if got not in results else []
    return results


def standstill(*arguments, **options):
    with pytest.raises(Standstill) as caught:
        played(*arguments, **options)
    assert caught.value.expected == "every thread comes to its end"
    return caught.value


def test_deadlock_is_told_and_unwound(two):
    before = threading.active_count()
    error = standstill(two, "one_way", "the_other")
    one, other = at("    with first, second:"), at("    with second, first:")
    assert error.got == f"thread 1 waits for ever in {one}, thread 2 waits for ever in {other}"
    assert str(error) == (
        "Each waits for what another of them holds.\n"
        f"Thread 1 stopped in {one}; thread 2 had to wait in {other}; thread 1 had to wait in {one}."
    )
    assert threading.active_count() == before


@pytest.mark.parametrize("order", [("one_way", "one_way"), ("the_other", "the_other", "the_other")])
def test_one_order_is_no_deadlock(two, order):
    assert played(two, *order) == [[None] * len(order)]


def test_lock_taken_twice_stands_still_alone(two):
    error = standstill(two, "twice")
    assert error.got == f"thread 1 waits for ever in {at('    with first, first:')}"
    assert str(error).startswith("Whoever should release what it waits for is at its end, or is it")


def test_lock_that_is_kept_stands_still(two):
    error = standstill(two, "keeps", "one_way", refused=ValueError)
    assert error.got == f"thread 2 waits for ever in {at('    with first, second:')}"
    assert str(error).startswith("Whoever should release what it waits for is at its end, or is it")


def test_timeout_runs_out_only_where_nobody_can_go_on(two):
    assert played(two, "gives_up", "the_other") == [[None, None]]
    assert played(two, "gives_up", "one_way") == [[None, None], ["gave up", None]]


def test_endless_loop_is_told(two):
    error = standstill(two, "for_ever", "one_way")
    assert error.got.startswith("thread 1 goes round and round in exercise.py:")


def test_wait_for_something_unknown_ends_at_the_deadline(two, monkeypatch):
    monkeypatch.setattr("core.judge.turns.DEADLINE", 0.01)
    error = standstill(two, "waits_for_something_else", "one_way")
    assert error.got == f"thread 1 does not come back from {at('    unknown.acquire()')}"


def test_in_place_nobody_is_hurried(two, session, monkeypatch):
    monkeypatch.setattr("core.judge.turns.DEADLINE", 0)
    session.bounded = False
    here, on = allocate_lock(), allocate_lock()
    here.acquire()
    on.acquire()

    def a_person():
        here.acquire()
        on.release()

    def at_a_breakpoint():
        here.release()
        return on.acquire()

    thread = threading.Thread(target=a_person)
    thread.start()
    with next(interleavings("call()")) as turns:
        assert turns.run(at_a_breakpoint) == [True]
    thread.join()


def test_exceptions(two):
    assert played(two, "fails", "one_way", refused=(ValueError, KeyError)) == [[KeyError, None]]
    with pytest.raises(KeyError, match="lost") as caught:
        played(two, "one_way", "fails", refused=ValueError)
    assert caught.traceback[-1].lineno == TWO.split("\n").index('    raise KeyError("lost")')


def test_each_thread_is_stopped_at_each_step(session, imported):
    module = imported("def call(seen, name):\n    seen.append(name)\n    seen.append(name)\n")
    orders = []
    case_begins()
    for turns in interleavings("call()"):
        with turns:
            seen = []
            call = turns.load(module).call
            turns.run(*[lambda name=name, seen=seen, call=call: call(seen, name) for name in "ab"])
            orders.append("".join(seen))
    # Six steps each: two statements, each with a method that is read and called.
    assert orders == [
        *("bbaa", "bbaa", "abba", "abba", "abba", "aabb"),
        *("aabb", "aabb", "baab", "baab", "baab", "bbaa"),
    ]
    assert [(each["name"], each["value"], each["limit"]) for each in case_ends()] == [
        ("interleavings", 12, None)
    ]


def test_of_many_steps_some_are_left_out(session, imported):
    module = imported("def call():\n    for n in range(1000):\n        n\n")
    tried = 0
    for turns in interleavings("call()"):
        with turns:
            turns.run(turns.load(module).call)
            tried += 1
    assert 200 < tried <= 301


def test_who_waited(two):
    waits = []
    for turns in interleavings("both()"):
        with turns:
            module = turns.load(two)
            turns.run(module.one_way, module.one_way)
            waits.append(len(turns.waits))
    assert set(waits) == {0, 1}


def test_threading_has_its_own_locks_back(two):
    before = threading.Lock, threading.RLock, threading._allocate_lock
    with pytest.raises(KeyError):
        played(two, "fails")
    assert (threading.Lock, threading.RLock, threading._allocate_lock) == before


def test_error_run_twice(session):
    with next(interleavings("call()")) as turns:
        turns.run(lambda: None)
        with pytest.raises(RuntimeError, match="each interleaving is run once"):
            turns.run(lambda: None)


def test_error_not_run(session):
    with pytest.raises(RuntimeError, match="each interleaving is run once"):
        list(interleavings("call()"))


CREDIT = """
from django.db import connections, transaction


def sql(*statement):
    return connections["default"].cursor().execute(*statement)


def lost(cents):
    (there,) = sql("SELECT cents FROM account").fetchone()
    sql("UPDATE account SET cents = %s", [there + cents])


def kept(cents):
    connections["default"].settings_dict["OPTIONS"]["transaction_mode"] = "IMMEDIATE"
    with transaction.atomic():
        lost(cents)


def locked(cents):
    with transaction.atomic():
        lost(cents)
"""


@pytest.fixture
def credit(connections, imported, monkeypatch):
    """What the account holds after two threads, each with a connection of its own."""
    monkeypatch.setattr("django.db.connections", connections)
    module = imported(CREDIT)
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("CREATE TABLE account (cents int)")
        cursor.execute("INSERT INTO account VALUES (0)")

    def credit(name):
        results = []
        for turns in interleavings("both()"):
            with turns, connections["default"].cursor() as cursor:
                cursor.execute("UPDATE account SET cents = 0")
                call = getattr(turns.load(module), name)
                turns.run(lambda call=call: call(1), lambda call=call: call(2))
                results += cursor.execute("SELECT cents FROM account").fetchone()
        return set(results)

    return credit


def test_lost_update_of_two_connections(credit):
    assert credit("lost") == {1, 2, 3}


def test_transaction_of_another_connection_is_waited_for(credit):
    assert credit("kept") == {3}


def test_transactions_that_wait_for_one_another_fail_as_in_sqlite(credit):
    with pytest.raises(OperationalError, match="database is locked"):
        credit("locked")
