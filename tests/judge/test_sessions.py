"""Sessions on a real PostgreSQL: held, blocked, dead-locked, stuck, and never left behind."""

import threading
import time

import psycopg
import pytest
from django.db import OperationalError, transaction

from core.judge.queries import budget
from core.judge.sessions import Stuck, after, before, hold, sessions
from tests.conftest import wait_for


@pytest.fixture
def account(postgres):
    """A table with two rows, and what is done with them."""
    with postgres["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE account (id int PRIMARY KEY, balance int)")
        cursor.execute("INSERT INTO account VALUES (1, 100), (2, 100)")
    return Account(postgres)


class Account:
    def __init__(self, connections):
        self.connections = connections

    def ask(self, sql, *values):
        with self.connections["default"].cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else None

    def balance(self, number=1):
        return self.ask("SELECT balance FROM account WHERE id = %s", number)[0][0]

    def careless(self, amount):
        """Reads, then writes what it computed: a lost update."""
        left = self.balance() - amount
        self.ask("UPDATE account SET balance = %s WHERE id = 1", left)
        return left

    def careful(self, amount):
        with transaction.atomic():
            ((balance,),) = self.ask("SELECT balance FROM account WHERE id = 1 FOR UPDATE")
            self.ask("UPDATE account SET balance = %s WHERE id = 1", balance - amount)
            return balance - amount

    def move(self, source, target):
        with transaction.atomic():
            self.ask("UPDATE account SET balance = balance - 1 WHERE id = %s", source)
            self.ask("UPDATE account SET balance = balance + 1 WHERE id = %s", target)


def others(account):
    """Connections to this database beside the test's own."""
    return (
        account.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")[0][
            0
        ]
        - 1
    )


def test_lost_update_is_shown_without_a_sleep(account):
    with sessions() as run:
        first = run.start("first", account.careless, 30, hold=before("^UPDATE"))
        assert first.held()
        second = run.start("second", account.careless, 50)
        assert second.result() == 50
        first.go()
        assert first.result() == 70
    assert account.balance() == 70
    wait_for(lambda: others(account) == 0)


def test_second_waits_for_the_lock_of_the_first(account):
    with sessions() as run:
        first = run.start("first", account.careful, 30, hold=after("FOR UPDATE"))
        assert first.held()
        second = run.start("second", account.careful, 50)
        assert second.waits_for() == ("first",)
        first.go()
        assert (first.result(), second.result()) == (70, 20)
    assert account.balance() == 20


def test_nothing_to_wait_for(account):
    with sessions() as run:
        first = run.start("first", account.careful, 30, hold=after("FOR UPDATE"))
        assert first.held()
        second = run.start("second", account.balance)
        assert second.waits_for() == ()
        assert second.result() == 100
        first.go()
        first.result()


def test_third_waits_for_both_who_are_ahead(account):
    with sessions() as run:
        first = run.start("first", account.careful, 1, hold=after("FOR UPDATE"))
        first.held()
        second = run.start("second", account.careful, 1)
        second.waits_for()
        third = run.start("third", account.careful, 1)
        assert set(third.waits_for()) <= {"first", "second"}
        first.go()
        assert third.result() + second.result() == 98 + 97


def test_deadlock_is_one_sessions_error(account):
    with sessions() as run:
        first = run.start("first", account.move, 1, 2, hold=after("^UPDATE"))
        second = run.start("second", account.move, 2, 1, hold=after("^UPDATE"))
        assert (first.held(), second.held()) == (True, True)
        first.go()
        assert first.waits_for() == ("second",)
        second.go()
        found = [each.outcome() for each in (first, second)]
    assert sorted(type(each).__name__ for each in found) == ["NoneType", "OperationalError"]
    assert "deadlock detected" in str(found)


def test_held_where_the_test_says_so(account):
    def both():
        with transaction.atomic():
            account.careful(10)
            hold()

    with sessions() as run:
        first = run.start("first", both)
        assert first.held()
        assert run.start("second", account.careful, 10).waits_for() == ("first",)
        first.go()
    assert account.balance() == 80


def test_nth_statement(account):
    with sessions() as run:
        first = run.start("first", account.move, 1, 2, hold=before("^UPDATE", 2))
        first.held()
        assert run.start("one", account.careful, 1).waits_for() == ("first",)
        assert run.start("two", account.move, 2, 2).waits_for() == ()
        first.go()


def test_session_that_never_comes_to_its_point_is_not_held(account):
    with sessions() as run:
        first = run.start("first", account.balance, hold=before("^UPDATE"))
        assert not first.held()
        assert first.result() == 100


def test_error_in_a_session_is_raised_by_its_result(account):
    with sessions() as run, pytest.raises(ZeroDivisionError):
        run.start("first", lambda: 1 // 0).result()


def test_error_that_nobody_asked_for_is_raised_at_the_end(account):
    with pytest.raises(ZeroDivisionError), sessions() as run:
        run.start("first", lambda: 1 // 0)


def test_error_of_the_test_itself_comes_first(account):
    def fails():
        with sessions() as run:
            run.start("first", lambda: 1 // 0)
            raise KeyError

    with pytest.raises(KeyError):
        fails()


def test_held_session_is_rolled_back_at_the_end(account):
    with sessions() as run:
        first = run.start("first", account.careful, 30, hold=after("^UPDATE"))
        assert first.held()
    assert account.balance() == 100
    wait_for(lambda: others(account) == 0)


def test_disconnected_session_is_rolled_back_at_once(account):
    with sessions() as run:
        first = run.start("first", account.careful, 30, hold=after("^UPDATE"))
        assert first.held()
        first.disconnect()
        assert run.start("second", account.careful, 1).result() == 99
        first.go()
        assert isinstance(first.outcome(), OperationalError)
    assert account.balance() == 99
    wait_for(lambda: others(account) == 0)


def test_stuck_says_what_it_waits_for(account):
    def patiently():
        with transaction.atomic():
            account.ask("SELECT 1 FROM account WHERE id = 1 FOR UPDATE")
            hold()

    def both():
        with sessions(seconds=0.3) as run:
            run.start("first", patiently).held()
            run.start("second", account.careful, 30).result()

    with pytest.raises(Stuck) as caught:
        both()
    assert (caught.value.call, caught.value.expected) == ("second", "it to end")
    assert caught.value.got == (
        "still running after 0 seconds, waiting for a lock of first: "
        "SELECT balance FROM account WHERE id = 1 FOR UPDATE"
    )
    wait_for(lambda: others(account) == 0)


def test_statement_that_does_not_end_is_ended(account):
    started = time.monotonic()
    with pytest.raises(Stuck) as caught, sessions(seconds=0.3) as run:
        assert run.start("first", account.ask, "SELECT pg_sleep(60)").waits_for() == ()
    assert caught.value.expected == "it to wait for a lock"
    assert time.monotonic() - started < 10
    wait_for(lambda: others(account) == 0)


def test_session_that_outlasts_its_test_is_stuck(account):
    with pytest.raises(Stuck) as caught, sessions() as run:
        run.start("first", account.ask, "SELECT pg_sleep(60)")
    assert caught.value.expected == "it to end before the test does"
    assert caught.value.got.endswith("SELECT pg_sleep(60)")
    wait_for(lambda: others(account) == 0)


def test_connection_of_the_test_itself_is_another(account):
    with psycopg.connect(**parameters(account)) as connection:
        connection.execute("UPDATE account SET balance = 0 WHERE id = 1")
        with sessions() as run:
            first = run.start("first", account.careful, 1)
            assert first.waits_for() == ("another connection",)
            connection.commit()
            assert first.result() == -1


def parameters(account):
    settings = account.connections["default"].settings_dict
    names = {
        "host": "HOST",
        "port": "PORT",
        "user": "USER",
        "password": "PASSWORD",
        "dbname": "NAME",
    }
    return {name: settings[key] or None for name, key in names.items()}


def test_sessions_are_counted_and_looking_at_locks_is_not(account):
    with budget("both", queries=4) as ledger, sessions() as run:
        first = run.start("first", account.careful, 1, hold=after("FOR UPDATE"))
        first.held()
        second = run.start("second", account.careful, 1)
        second.waits_for()
        first.go()
        second.result()
    verbs = [each.sql.split()[0] for each in ledger if each.counted]
    assert sorted(verbs) == ["SELECT", "SELECT", "UPDATE", "UPDATE"]


def test_threads_are_gone(account):
    before = threading.active_count()
    with sessions() as run:
        for number in range(5):
            run.start(str(number), account.careful, 1)
    assert threading.active_count() == before
    assert account.balance() == 95


def test_error_within_a_transaction(account):
    with transaction.atomic(), pytest.raises(RuntimeError, match="TransactionTestCase"), sessions():
        pass


def test_error_on_sqlite(connections, monkeypatch):
    monkeypatch.setattr("django.db.connections", connections)
    with pytest.raises(RuntimeError, match='database = "postgres"'), sessions():
        pass


def test_error_hold_outside_of_a_session():
    with pytest.raises(RuntimeError, match="for code that a session runs"):
        hold()


def test_error_result_of_a_held_session(account):
    with sessions() as run:
        first = run.start("first", account.careful, 1, hold=after("FOR UPDATE"))
        first.held()
        with pytest.raises(RuntimeError, match=r"call go\(\) before"):
            first.result()


def test_error_two_of_one_name(account):
    with sessions() as run:
        run.start("first", account.balance).result()
        with pytest.raises(ValueError, match="there is a session 'first' already"):
            run.start("first", account.balance)


def test_operational_error_is_djangos(account):
    """What a session raises is what the same code raises anywhere."""
    with sessions() as run:
        first = run.start("first", account.careful, 1, hold=after("FOR UPDATE"))
        first.held()
        second = run.start("second", account.ask, "SELECT 1 FROM account FOR UPDATE NOWAIT")
        assert isinstance(second.outcome(), OperationalError)
        first.go()
