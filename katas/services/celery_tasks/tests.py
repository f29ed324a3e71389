import unittest
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from celery import Task, uuid
from celery.exceptions import TaskRevokedError
from django.db import transaction
from kombu.exceptions import EncodeError
from parameterized import parameterized

from core.bookshop.models import Customer, Order
from core.judge import expect, rng
from core.judge.expectation import Mismatch, raised
from core.judge.redis_trips import redis_budget

from . import orders, tasks
from .app import app
from .mailroom import PATIENCE, Mailroom

FOUND = "Workers import the module `tasks` of each app, and know what shared_task marks in it."
KEPT = "A task is given a key, and what it returns is kept as its result, in JSON: that text."
ANEW = "A worker lives for days: it reads the order anew each time, and remembers none."
NEWER = "emma@example.org"


@pytest.mark.task(1)
class SendConfirmation(Mailroom):
    def setUp(self):
        super().setUp()
        task = getattr(tasks, "send_confirmation", None)
        expect("tasks.send_confirmation is a task", isinstance(task, Task), True, FOUND)
        self.order = orders.write_order(self.customer.pk, self.quantities)
        self.subject = f"Your order {self.order.pk}"

    def expect_done(self, what, result, letters, because, state="SUCCESS"):
        """What comes of a task: its state, what it returned or raised, the letters mailed so far."""
        pk = self.order.pk
        done = tasks.send_confirmation.delay(pk)
        call = f"(state, result) of send_confirmation.delay({pk}), {what}"
        ignored = state == "FAILURE" == done.state  # whatever went wrong is its result
        expect(call, (done.state, result if ignored else done.result), (state, result), because)
        call = f"letters after send_confirmation.delay({pk}), {what}"
        expect(call, self.letters(), [(to, self.subject) for to in letters], because)

    def test_letter_and_result(self):
        email = self.customer.email
        self.expect_done("an order", f"Sent to {email}", [email], KEPT)

    def test_address_that_was_corrected(self):
        email = self.customer.email
        self.expect_done("an order", f"Sent to {email}", [email], ANEW)
        Customer.objects.update(email=NEWER)
        what = f"the same order, now of {NEWER}"
        self.expect_done(what, f"Sent to {NEWER}", sorted([email, NEWER]), ANEW)

    @parameterized.expand([("paid", "paid"), ("shipped", "shipped")])
    def test_order_that_went_on(self, case, status):
        Order.objects.update(status=status)
        email, because = self.customer.email, "Only what is cancelled or gone gets no letter."
        self.expect_done(f"an order that is {status}", f"Sent to {email}", [email], because)

    def test_cancelled_order(self):
        Order.objects.update(status=Order.Status.CANCELLED)
        because = "It was cancelled before the worker came to it: the letter would be wrong."
        self.expect_done("a cancelled order", "Nothing to confirm", [], because)

    def test_order_that_is_gone(self):
        Order.objects.all().delete()
        because = "The order was deleted before the worker came to it: that is no error."
        self.expect_done("an order that is gone", "Nothing to confirm", [], because)

    def test_letter_that_cannot_be_sent(self):
        Customer.objects.update(email="emma@example.com\nkim@example.com")
        because = "No letter left. Where the task hides the error, nobody will ever know."
        self.expect_done("two lines as the address", "the error", [], because, state="FAILURE")


SENT = "One order, one message. A task that is called as a function runs here, in the request."
LATER = "The worker was quicker than the commit, and found no order: send when it is committed."
OUTER = "The caller's transaction was open still: `on_commit` waits for the outermost one."
KEY = "A message holds the primary key alone: whatever else it holds is old when it is read."
PAIR = "It gives the primary key of the order, and the id of the task as text."
ITS_ID = "The message has no such id: choose one, give it to the message, and return it."
NOTHING = "The order is not there, so nobody may be told of it: send when it is committed."
REQUEST = "It asked for the result, so a customer waits for the worker. Send, and go on."


@pytest.mark.task(2)
class PlaceOrder(Mailroom):
    def setUp(self):
        super().setUp()
        self.call = f"place_order({self.customer.pk}, {self.quantities})"

    def place(self):
        try:
            placed = orders.place_order(self.customer.pk, self.quantities)
        except EncodeError as error:
            raise Mismatch(self.call, raised(error), "a message in JSON", KEY) from error
        types = [type(each).__name__ for each in placed or ()]
        expect(f"types that {self.call} returns", types, ["int", "str"], PAIR)
        return placed

    def test_one_message_with_the_key(self):
        pk, task_id = self.place()
        expect(f"messages of {self.call}", len(self.messages), 1, SENT)
        arguments, sent_id = self.messages[0]
        expect(f"arguments in the message of {self.call}, order {pk}", arguments, [pk], KEY)
        call = f"the id that {self.call} returns is that of its message"
        expect(call, task_id == sent_id, True, ITS_ID)

    def test_order_is_there_for_the_worker(self):
        pk = self.place()[0]
        call = f"letters after {self.call}"
        expect(call, self.letters(), [(self.customer.email, f"Your order {pk}")], LATER)

    def test_committed_by_the_caller(self):
        with transaction.atomic():
            pk = self.place()[0]
            Customer.objects.update(email=NEWER)
        call = f"letters after {self.call} and a new address, {NEWER}, in one transaction"
        expect(call, self.letters(), [(NEWER, f"Your order {pk}")], OUTER)

    def test_rolled_back_by_the_caller(self):
        with transaction.atomic():
            self.place()
            transaction.set_rollback(True)
        call = f"(messages, letters) of {self.call}, rolled back by its caller"
        expect(call, (len(self.messages), self.letters()), (0, []), NOTHING)

    def test_does_not_wait(self):
        call = f"looking for a result in {self.call}"
        with redis_budget(call, trips=0, only=["GET", "MGET"], because=REQUEST):
            self.place()


SECRET = f"mail.example.com refused the password {rng('secret').randrange(10**6)}"
WAITS = "The customer looks at a page: say how it stands, and do not wait for the worker."
ONCE = "Each look at a task that is not done asks the broker again: ask once."
UNDECIDED = "It is not decided yet: a worker is at it, or will try again."
NEVER = "This task will never be done: the customer should know, and nothing of the error."
ENDS = [("failed", "FAILURE", OSError(SECRET)), ("revoked", "REVOKED", TaskRevokedError(SECRET))]


@pytest.mark.task(3)
class ConfirmationState(unittest.TestCase):
    """No worker runs here: what becomes of a task is stored as a worker would store it."""

    def setUp(self):
        self.task_id = uuid()

    def state(self, call):
        """What confirmation_state gives; a mismatch where it waits, or raises the task's error."""
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(orders.confirmation_state, self.task_id)
            if not wait([asked], PATIENCE).done:
                app.backend.store_result(self.task_id, "", "SUCCESS")  # lets it go
                raise Mismatch(call, "it waits for the worker", "an answer at once", WAITS)
        try:
            return asked.result()
        except (OSError, TaskRevokedError) as error:
            raise Mismatch(call, raised(error), "words for the customer", NEVER) from error

    def expect_state(self, what, expected, because):
        call = f"confirmation_state(id) of a task that {what}"
        with redis_budget(call, trips=1, because=ONCE):
            got = self.state(call)
        expect(call, got, expected, because)

    def test_not_done(self):
        self.expect_state("no worker has begun", orders.WAITING, WAITS)
        for state in ("STARTED", "RETRY"):
            app.backend.store_result(self.task_id, None, state)
            self.expect_state(f"is at {state}", orders.WAITING, UNDECIDED)

    @parameterized.expand([("sent", "Sent to emma@example.com"), ("nothing", "Nothing to confirm")])
    def test_done(self, case, result):
        app.backend.store_result(self.task_id, result, "SUCCESS")
        self.expect_state(f"returned {result!r}", result, "The page shows what the task returned.")

    @parameterized.expand(ENDS)
    def test_never_done(self, case, state, error):
        app.backend.store_result(self.task_id, error, state)
        self.expect_state(f"has ended as {state}", orders.FAILED, NEVER)
