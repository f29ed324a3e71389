from functools import partial

import pytest
from django.db import transaction
from django.db.models import F
from django.test import TestCase, TransactionTestCase
from parameterized import parameterized

from core.bookshop.models import Book, Copy
from core.judge import budget, expect, expect_raises, growth
from core.judge.sessions import after, before, hold

from . import exercise
from .models import Returned
from .shop import A, B, C, D, Desk, E, boxed, cut_off, meet, out, stocktaking, told

NOBODY, DONE, UNKNOWN = 0, "done", "Copy.DoesNotExist"
LOCK, LOAN = "FOR (NO KEY )?UPDATE", before("^INSERT")

ALONE = [
    (B, DONE, "Nobody has it."),
    (A, DONE, "It came back: its loan is not open."),
    (D, f"CopyIsOut({D},)", "Kim has it."),
    (NOBODY, UNKNOWN, "There is no such copy, which is no refusal."),
]


class AloneCase(Desk, TestCase):
    def expect_answers(self, wait):
        for copy, expected, because in ALONE:
            call = f"lend({copy}, Ada, wait={wait})"
            with budget(call, queries=3):
                got = told(self.lend(copy, self.ada, wait=wait))
            expect(call, got, expected, because)


@pytest.mark.task(1)
class LendAlone(AloneCase):
    def test_lend(self):
        self.expect_answers(wait=True)


OPEN = "The second looked before the loan of the first was there: lock, look and lend in one go."
STALE = "The second waited, and went by what was true before: look in a statement after the lock's."
UNDONE = "The first loan came to nothing, so the copy is free: wait, then look."


@pytest.mark.task(1)
class OneLoan(Desk, TransactionTestCase):
    def test_last_copy(self):
        *got, waits = meet(self.lend(A, self.ada), LOAN, self.lend(A, self.kim))
        call = f"lend({A}, Ada) beside lend({A}, Kim)"
        expect(call, got, [DONE, f"CopyIsOut({A},)"], STALE if waits else OPEN)

    def test_first_is_undone(self):
        _, got, _ = meet(self.lend(A, NOBODY), LOAN, self.lend(A, self.kim))
        call = f"lend({A}, Kim) beside lend({A}, {NOBODY}), who is no customer"
        expect(call, got, DONE, UNDONE)


BOOK = "The join locks the book's row as well: lock the copy's alone."
OTHER = "These are two copies of one book: lock the one that is lent."
PRINTED = "The loan is there, only its slip is not: who prints holds no lock."
OUTER = "The caller's transaction may still be rolled back: print after its commit."
KIOSK = "Nobody waits before a kiosk: say at once that somebody has locked the copy."
LOST = "A lost connection says nothing of the copy: CopyIsBusy is for a lock that somebody holds."


@pytest.mark.task(2)
class KioskAlone(AloneCase):
    def test_lend(self):
        self.expect_answers(wait=False)


@pytest.mark.task(2)
class NobodyWaits(Desk, TransactionTestCase):
    def test_book_is_sold(self):
        sell = partial(Book.objects.filter(pk=self.book).update, stock=F("stock") - 1)
        *_, waits = meet(self.lend(A, self.ada), LOAN, sell)
        expect(f"whom a sale of the book waits for, beside lend({A}, Ada)", waits, (), BOOK)

    def test_another_copy(self):
        *_, waits = meet(self.lend(A, self.ada), LOAN, self.lend(B, self.kim))
        expect(f"whom lend({B}, Kim) waits for, beside lend({A}, Ada)", waits, (), OTHER)

    def test_slow_printer(self):
        printing = partial(exercise.lend, A, self.ada, lambda slip: hold())
        _, *got = meet(printing, None, self.lend(A, self.kim))
        call = f"what lend({A}, Kim) says and whom it waits for, while the slip of Ada is printed"
        expect(call, got, [f"CopyIsOut({A},)", ()], PRINTED)

    def test_callers_transaction(self):
        with transaction.atomic():
            self.lend(A, self.ada)()
            early = list(self.slips)
        call = f"slips of lend({A}, Ada) before and after the commit of its caller"
        expect(call, (early, self.slips), ([], [f"Emma, shelf S{A}"]), OUTER)

    def test_kiosk_beside_stocktaking(self):
        kiosk = self.lend(A, self.kim, wait=False)
        _, *got = meet(partial(stocktaking, A), after(LOCK), kiosk)
        call = f"what lend({A}, Kim, wait=False) says and whom it waits for, the copy being locked"
        expect(call, got, [f"CopyIsBusy({A},)", ()], KIOSK)

    def test_kiosk_is_cut_off(self):
        got = cut_off(self.lend(A, self.kim, wait=False), before(LOCK))
        expect(f"lend({A}, Kim, wait=False), cut off", got, "OperationalError", LOST)


BASKETS = [
    ("scanned_twice", [C, A, C], DONE, [A, C], "A copy is lent once, however often it is scanned."),
    ("two_out", [E, A, D], f"CopyIsOut({D}, {E})", [], "All or none; all that are out are named."),
    ("unknown", [A, NOBODY], UNKNOWN, [], "All or none: one that is not found is not passed over."),
]
SAME = "Who has to keep others from a copy locks the copy's row, as everybody does."
CIRCLE = "Each waits for what the other holds: lock by rising key, whatever the basket's order."


@pytest.mark.task(3)
class BasketAlone(Desk, TestCase):
    @parameterized.expand(BASKETS)
    def test_lend_all(self, case, copies, expected, lent, because):
        got = told(self.lend_all(copies, self.ada)), out()
        expect(f"lend_all({copies}, Ada), and what is out", got, (expected, [*lent, D, E]), because)

    def fill(self, size):
        keys = range(3000, 3000 + size)
        Copy.objects.bulk_create(Copy(pk=key, book_id=self.book, shelf="S") for key in keys)
        self.basket = self.lend_all(keys, self.ada)

    def test_more_copies_cost_no_more(self):
        growth("lend_all(keys)", make=self.fill, do=lambda: self.basket())


@pytest.mark.task(3)
class Baskets(Desk, TransactionTestCase):
    @parameterized.expand([("at_the_first_lock", after(LOCK)), ("before_the_loans", LOAN)])
    def test_two_baskets(self, case, held):
        ada, kim = self.lend_all([A, B, C], self.ada), self.lend_all([C, B, A], self.kim)
        *got, waits = meet(ada, held, kim)
        call = f"lend_all({[A, B, C]}, Ada) beside lend_all({[C, B, A]}, Kim)"
        expect(call, got, [DONE, f"CopyIsOut({A}, {B}, {C})"], CIRCLE if waits else OPEN)

    def test_beside_stocktaking(self):
        basket = self.lend_all([C, A, B], self.ada)
        *got, waits = meet(partial(stocktaking, A, B, C), after(LOCK), basket)
        call = f"stocktaking, which locks {A}, {B}, {C}, beside lend_all({[C, A, B]}, Ada)"
        expect(call, got, [DONE, DONE], CIRCLE)
        expect("whom lend_all waits for, beside stocktaking", waits, ("the first",), SAME)


LONGEST = "What was dropped first comes first, and its loan ends with that moment."
NEXT = "Skip what another has locked, and lock no more than the one that you take."
AS_IT_WAS = "It is not settled: the loan is open, the copy in the box, for the next who comes."


@pytest.mark.task(4)
class BoxAlone(Desk, TestCase):
    def test_take_back(self):
        first = Returned.objects.get(loan__copy=E)
        with budget("take_back(settle)", queries=3):
            got = self.take_back()()
        expect("take_back(settle)", got, first.loan_id, LONGEST)
        expected = [(E, first.dropped_at, "Kim")]
        expect("(copy, back_at, customer) settled", self.settled, expected, LONGEST)
        expect("what is out, and in the box", (out(), boxed()), ([D], [D]), LONGEST)
        self.take_back()()
        expect("take_back(settle), the box being empty", self.take_back()(), None, "Nothing to do.")

    def test_settle_fails(self):
        because = "Whatever settle raises is for the caller to hear."
        with expect_raises("take_back(settle)", ZeroDivisionError, because=because):
            self.take_back(lambda: 1 // 0)()
        call = "what is out, and in the box, when settle has failed"
        expect(call, (out(), boxed()), ([D, E], [D, E]), AS_IT_WAS)


@pytest.mark.task(4)
class Helpers(Desk, TransactionTestCase):
    def test_two_helpers(self):
        *_, waits = meet(self.take_back(hold), None, self.take_back())
        got = [copy for copy, *_ in self.settled], waits
        call = "copies that two helpers settle at once, and whom the second waits for"
        expect(call, got, ([E, D], ()), NEXT)

    def test_helper_is_cut_off(self):
        got = []
        cut_off(self.take_back(hold), None, lambda: got.extend((out(), boxed())))
        call = "what is out, and in the box, when the process of a helper has died"
        expect(call, got, [[D, E], [D, E]], AS_IT_WAS)
