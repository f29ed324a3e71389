from contextlib import suppress
from functools import partial

import pytest
from django.core import mail
from django.db import OperationalError, transaction
from django.test import TestCase, TransactionTestCase, override_settings
from parameterized import parameterized

from core.bookshop.models import Customer, Order
from core.judge import budget, expect, expect_raises

from . import exercise
from .shop import CENTS, KEYS, STOCK, NoPost, Shop, breaks_at, logged, paid, stored, told

A, B, C = KEYS
WHOLE = "An order of what is there has a line for each book, and the stock is less by that."
NOTHING = "What had been written before one book was missing has to be undone with it."
BASKETS = [
    ("one_book", {A: 2}, (1, {A: 2}, {A: 2}), WHOLE),
    ("all_there_is", {A: STOCK, C: 1}, (1, {A: STOCK, C: 1}, {A: STOCK, C: 1}), WHOLE),
    ("first_is_missing", {A: STOCK + 1, B: 1}, (0, {}, {}), NOTHING),
    ("last_is_missing", {B: 2, C: 1, A: STOCK + 1}, (0, {}, {}), NOTHING),
]


@pytest.mark.task(1)
class AllOrNothing(Shop, TestCase):
    @parameterized.expand(BASKETS)
    def test_basket(self, case, basket, expected, because):
        call = f"checkout(Ada, {basket}), with {STOCK} of each book in stock"
        got = told(partial(exercise.checkout, self.ada, basket))
        expect(f"(orders, lines, taken) after {call}", stored(), expected, because)
        missing = [book for book, quantity in basket.items() if quantity > STOCK]
        if missing:
            because = "Whoever called is told which book is missing."
            expect(call, got, f"OutOfStock({missing[0]},)", because)
        else:
            expect(call, got, Order.objects.get().pk, "It returns the key of the order.")

    def test_caller_goes_on(self):
        with transaction.atomic():
            refused = told(partial(exercise.checkout, self.ada, {B: 1, A: STOCK + 1}))
            exercise.checkout(self.ada, {C: 1})
        call = f"checkout() of {{B: 1, A: {STOCK + 1}}} and then of {{C: 1}}, in one transaction"
        expect(call, refused, f"OutOfStock({A},)", "Whoever called is told which book is missing.")
        because = "The refused order alone is undone: the caller's transaction goes on."
        expect(f"(orders, lines, taken) after {call}", stored(), (1, {C: 1}, {C: 1}), because)


SENT = "One order that is committed, one letter."
UNDONE = "There is no such order, and its letter is on the way: send it after the commit."
EARLY = "The caller's transaction may still be rolled back: send the letter after its commit."
STANDS = "The order is committed: an error of the post now makes the customer order once more."


@pytest.mark.task(2)
class Letters(Shop, TransactionTestCase):
    def letters(self):
        return [(letter.subject, letter.to) for letter in mail.outbox]

    def test_order(self):
        order = exercise.checkout(self.ada, {A: 1})
        expected = [(f"Order {order}", ["ada@example.com"])]
        expect("letters of checkout(Ada, {A: 1})", self.letters(), expected, SENT)

    def test_out_of_stock(self):
        told(partial(exercise.checkout, self.ada, {B: 1, A: STOCK + 1}))
        call = f"letters of checkout(Ada, {{B: 1, A: {STOCK + 1}}}), which is refused"
        expect(call, self.letters(), [], UNDONE)

    def test_callers_transaction(self):
        with transaction.atomic():
            order = exercise.checkout(self.ada, {A: 1})
            early = self.letters()
        call = "letters of checkout(Ada, {A: 1}) before and after the commit of its caller"
        expected = [], [(f"Order {order}", ["ada@example.com"])]
        expect(call, (early, self.letters()), expected, EARLY)

    def test_caller_rolls_back(self):
        with transaction.atomic():
            exercise.checkout(self.ada, {A: 1})
            transaction.set_rollback(True)
        call = "letters of checkout(Ada, {A: 1}), whose caller rolls back"
        expect(call, self.letters(), [], UNDONE)

    def test_post_fails(self):
        backend = f"{NoPost.__module__}.{NoPost.__qualname__}"
        with override_settings(EMAIL_BACKEND=backend), logged() as errors:
            got = told(partial(exercise.checkout, self.ada, {A: 1}))
        call = "checkout(Ada, {A: 1}), when the post takes no letters"
        expect(f"orders after {call}", Order.objects.count(), 1, STANDS)
        expect(call, got, Order.objects.get().pk, STANDS)
        expect(f"errors logged by {call}", len(errors), 1, "Somebody has to know of the letter.")


BROKEN = (
    "After an error, a block takes no more statements until it, or a savepoint in it, is undone."
)
LOST = "A block in which an error was caught is rolled back at its end, and says nothing."
STATEMENTS = [
    ("all_are_good", [("a", CENTS), ("b", 1)], [], "Every line is booked."),
    ("nothing_paid", [("a", 0), ("b", CENTS)], ["a"], BROKEN),
    ("twice", [("a", CENTS), ("a", CENTS), ("b", CENTS)], ["a"], BROKEN),
    ("last_is_refused", [("a", CENTS), ("b", CENTS), ("c", -1)], ["c"], LOST),
    ("none_is_good", [("a", 0), ("b", -1)], ["a", "b"], "Each refused line is told, in order."),
]
KEPT = "A refused line has no effect: its order is not paid. All the others are booked."
ALL = "An error that is not the line's own is passed on, and then nothing is booked."


@pytest.mark.task(3)
class Payments(Shop, TestCase):
    @parameterized.expand(STATEMENTS)
    def test_lines(self, case, statement, refused, because):
        orders = self.orders(len(statement))
        lines = [
            (name, order, cents) for (name, cents), order in zip(statement, orders, strict=True)
        ]
        call = f"book_payments() of {statement}, each for an order"
        with budget(call, queries=2 * len(lines)):
            got = told(partial(exercise.book_payments, lines))
        expect(call, got, refused, because)
        good = [
            line
            for n, line in enumerate(lines)
            if line[2] > 0 and line[0] not in dict(statement[:n])
        ]
        expected = sorted(order for _, order, _ in good), sorted(name for name, _, _ in good)
        because = because if because == LOST else KEPT
        expect(f"paid orders and payments after {call}", paid(), expected, because)

    def test_connection_breaks(self):
        lines = [(name, order, CENTS) for name, order in zip("abc", self.orders(3), strict=True)]
        call = "book_payments(lines), when the connection breaks at the third of three"
        with breaks_at(3), expect_raises(call, OperationalError, because=ALL):
            exercise.book_payments(lines)
        expect(f"paid orders and payments after {call}", paid(), ([], []), ALL)


GONE = "A rehearsal leaves no rows behind."
SEEN = "Within the rehearsal all is as if it were real: the block sees its own rows."
QUIET = "A letter about a rehearsal is a letter about nothing."
PASSED = "The block's own error is what the caller wants to hear of."
BEFORE = "Only what was done in the block is undone."


def rename(name):
    Customer.objects.update(name=name)


def name():
    return Customer.objects.get().name


@pytest.mark.task(4)
class Rehearsal(Shop, TransactionTestCase):
    def test_rows(self):
        with exercise.rehearsal():
            rename("Kim")
            seen = name()
        expect("the name that the block set, read in the block", seen, "Kim", SEEN)
        expect("the name after `with rehearsal():` set it to Kim", name(), "Ada", GONE)

    def test_error_in_the_block(self):
        call = "`with rehearsal():` around a block that sets a name and raises KeyError"
        with expect_raises(call, KeyError, because=PASSED), exercise.rehearsal():
            rename("Kim")
            raise KeyError("in the block")
        expect(f"the name after {call}", name(), "Ada", GONE)
        rename("Eve")
        call = "the connection is back in autocommit after it"
        expect(call, transaction.get_autocommit(), True, "What comes later is committed again.")

    def test_letters(self):
        with exercise.rehearsal():
            transaction.on_commit(partial(mail.send_mail, "Order", "", None, ["ada@example.com"]))
        expect("letters that the block had sent on commit", len(mail.outbox), 0, QUIET)

    def test_in_a_transaction(self):
        call = "the name that the caller set before `with rehearsal():`, in one transaction"
        with transaction.atomic():
            rename("Eve")
            with suppress(LookupError), exercise.rehearsal():
                rename("Kim")
        expect(call, name(), "Eve", BEFORE)
