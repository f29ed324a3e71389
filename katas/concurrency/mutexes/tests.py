import unittest
from functools import partial

import pytest
from django.db.models import Sum
from django.test import TransactionTestCase
from parameterized import parameterized

from core.judge import expect, rng
from core.judge.interleaving import interleavings

from . import exercise
from .models import Account

random = rng("money")
LAST = random.randint(100, 900)
SOME, MORE = random.randint(10, 90), random.randint(100, 200)
BOTH, GAIN, MUCH = SOME + MORE, MORE - SOME, 4 * MORE


@pytest.mark.task(1)
class Numbers(unittest.TestCase):
    @parameterized.expand([("one_thread", 1), ("two_threads", 2), ("three_threads", 3)])
    def test_next(self, case, threads):
        for turns in interleavings(f"next() in {case.replace('_', ' ')}, the last was {LAST}"):
            with turns:
                numbers = turns.load(exercise).InvoiceNumbers(LAST)
                got = sorted(turns.run(*[numbers.next] * threads))
                expected = list(range(LAST + 1, LAST + 1 + threads))
                because = "Read, add, store and return under one lock, the same for all callers."
                expect(turns.call, (got, numbers.last), (expected, LAST + threads), because)


def opened(turns, cents):
    """The learner's module, and its tills 1, 2, … with so many cents."""
    shop = turns.load(exercise)
    return shop, [shop.Till(number, each) for number, each in enumerate(cents, 1)]


class TillCase(unittest.TestCase):
    def expect_moved(self, cents, moves, after, refusals, because):
        """Moves (source, target, cents) between tills, each in a thread of its own."""
        told = " beside ".join(f"move(till {a}, till {b}, {much})" for a, b, much in moves)
        for turns in interleavings(f"(cents, refusals) of {told}, tills of {cents}"):
            with turns:
                shop, tills = opened(turns, cents)
                pairs = [(tills[a - 1], tills[b - 1], much) for a, b, much in moves]
                calls = [partial(shop.move, *pair) for pair in pairs]
                refused = turns.run(*calls, refused=ValueError).count(ValueError)
                got = [till.cents for till in tills]
                expect(turns.call, (got, refused), (after, refusals), because)


TOGETHER = "Between what one thread reads and what it writes, no other may write: lock the tills."
CHECKED = "The money was there at the check and gone at the move: check under the locks."
TWICE = [(1, 2, SOME), (1, 2, MORE)]
ONE_WAY = [
    ("out_of_one", [MUCH, 0], TWICE, [MUCH - BOTH, BOTH], 0, TOGETHER),
    ("into_one", [SOME, MORE, 0], [(1, 3, SOME), (2, 3, MORE)], [0, 0, BOTH], 0, TOGETHER),
    ("enough_for_one", [MORE, 0], [(1, 2, MORE), (1, 2, MORE)], [0, MORE], 1, CHECKED),
    ("one_refused", [SOME, 0], [(1, 2, SOME + 1), (1, 2, SOME)], [0, SOME], 1, CHECKED),
]


@pytest.mark.task(2)
class Tills(TillCase):
    @parameterized.expand(ONE_WAY)
    def test_moves(self, case, *parts):
        self.expect_moved(*parts)

    def test_total_beside_a_move(self):
        for turns in interleavings(f"total([till 1, till 2]) beside move(till 1, till 2, {SOME})"):
            with turns:
                shop, tills = opened(turns, [MUCH, MORE])
                got, _ = turns.run(partial(shop.total, tills), partial(shop.move, *tills, SOME))
                because = "Money on its way is counted twice or never: hold all locks, then count."
                expect(turns.call, got, MUCH + MORE, because)


WAITS = "Who cannot get a lock at once has to wait: giving up loses the move."
BOTH_WAYS = [(1, 2, SOME), (2, 1, MORE)]
ANY_WAY = [
    ("both_ways", [MUCH, MUCH], BOTH_WAYS, [MUCH + GAIN, MUCH - GAIN], 0, WAITS),
    ("into_itself", [MUCH], [(1, 1, SOME)], [MUCH], 0, "What goes out comes in again."),
    ("too_much_into_itself", [SOME], [(1, 1, MORE)], [SOME], 1, "No till gives what it lacks."),
]


@pytest.mark.task(3)
class NoStandstill(TillCase):
    @parameterized.expand(ANY_WAY)
    def test_moves(self, case, *parts):
        self.expect_moved(*parts)

    def test_total_in_another_order(self):
        for turns in interleavings(f"total([till 2, till 1]) beside move(till 1, till 2, {SOME})"):
            with turns:
                shop, (first, second) = opened(turns, [MUCH, MORE])
                total = partial(shop.total, [second, first])
                turns.run(total, partial(shop.move, first, second, SOME))

    def test_moves_between_other_tills(self):
        because = "These moves share no till: lock the tills that move, not the whole shop."
        for turns in interleavings(
            "who waits, of move(till 1, till 2, …) and move(till 3, till 4, …)"
        ):
            with turns:
                shop, tills = opened(turns, [MUCH] * 4)
                pairs = tills[:2], tills[2:]
                turns.run(*[partial(shop.move, *pair, SOME) for pair in pairs])
                expect(turns.call, turns.waits, [], because)


STALE = "Two processes share no lock of Python, only the database: let it check and add."
TO_KIM, MORE_TO_KIM, TO_EMMA = ("Emma", "Kim", SOME), ("Emma", "Kim", MORE), ("Kim", "Emma", MORE)
PROCESSES = [
    ("out_of_one", MUCH, [TO_KIM, MORE_TO_KIM], [MUCH - BOTH, MUCH + BOTH], 0),
    ("both_ways", MUCH, [TO_KIM, TO_EMMA], [MUCH + GAIN, MUCH - GAIN], 0),
    ("enough_for_one", MORE, [MORE_TO_KIM, MORE_TO_KIM], [0, 2 * MORE], 1),
]
AS_BEFORE = [SOME, SOME]
LESS = "The account holds one cent less."
ALONE = [
    ("all_there_is", "Emma", "Kim", SOME, [0, 2 * SOME], 0, "An account may be emptied."),
    ("to_itself", "Emma", "Emma", SOME, AS_BEFORE, 0, "What is paid comes back."),
    ("too_much", "Emma", "Kim", SOME + 1, AS_BEFORE, 1, LESS),
    ("too_much_to_itself", "Emma", "Emma", SOME + 1, AS_BEFORE, 1, LESS),
    ("to_nobody", "Emma", "nobody", SOME, AS_BEFORE, 1, "Nobody receives it, so nobody pays it."),
    ("by_nobody", "nobody", "Kim", SOME, AS_BEFORE, 1, "Nobody pays it, so nobody receives it."),
]


@pytest.mark.task(4)
class Accounts(TransactionTestCase):
    def setUp(self):
        self.key = {"nobody": 0}
        for name in ("Emma", "Kim"):
            self.key[name] = Account.objects.create(owner=name, cents=SOME).pk

    def cents(self):
        return list(Account.objects.order_by("pk").values_list("cents", flat=True))

    def payment(self, module, payer, payee, cents):
        return partial(module.pay, self.key[payer], self.key[payee], cents)

    @parameterized.expand(PROCESSES)
    def test_two_processes(self, case, cents, payments, after, refusals):
        told = " beside ".join(f"pay({a}, {b}, {much})" for a, b, much in payments)
        for turns in interleavings(f"(cents, refusals) of {told}, accounts of {cents}"):
            with turns:
                Account.objects.update(cents=cents)
                calls = [self.payment(turns.load(exercise), *each) for each in payments]
                refused = turns.run(*calls, refused=ValueError).count(ValueError)
                expect(turns.call, (self.cents(), refused), (after, refusals), STALE)

    def test_report_beside_a_payment(self):
        because = "Others see a payment before it began or when it is over: make it atomic."
        for turns in interleavings(f"the sum of all accounts beside pay(Emma, Kim, {SOME})"):
            with turns:
                Account.objects.update(cents=SOME)
                pay = self.payment(turns.load(exercise), "Emma", "Kim", SOME)
                report = turns.run(pay, lambda: Account.objects.aggregate(cents=Sum("cents")))[1]
                expect(turns.call, report, {"cents": 2 * SOME}, because)

    @parameterized.expand(ALONE)
    def test_alone(self, case, payer, payee, cents, after, refusals, because):
        refused = 0
        try:
            self.payment(exercise, payer, payee, cents)()
        except ValueError:
            refused = 1
        call = f"(cents, refusals) of pay({payer}, {payee}, {cents}), accounts of {SOME}"
        expect(call, (self.cents(), refused), (after, refusals), because)
