from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from parameterized import parameterized

from core.bookshop.models import Book, Customer, Order
from core.judge import budget, expect, growth
from core.judge.rows import rows_at_most

from . import exercise
from .shop import CENT, END, FEW, HIGH, LOW, MANY, PERIOD, START, A, B, C, D, ShopCase

PENDING, PAID, SHIPPED, CANCELLED, RETURNED = ALL = Order.Status.values
TICK = timedelta(microseconds=1)
ZERO = "Every status has its number, also one that no order has: 0 is what the report shows."
EVERY = "Each order counts for its own status, and for no other."
TIME = "A period begins with its first moment and ends before its last."
# The statuses of the orders; how many of each are to be found.
STATUSES = [
    ("all", [PENDING, PAID, PAID, *[SHIPPED] * FEW, CANCELLED, RETURNED], [1, 2, FEW, 1, 1], EVERY),
    ("some", [PAID] * MANY, [0, MANY, 0, 0, 0], ZERO),
    ("none", [], [0] * 5, ZERO),
]


@pytest.mark.task(1)
class ByStatus(ShopCase):
    def setUp(self):
        self.kim = Customer.objects.create(name="Kim", email="kim@example.com")

    def ask(self):
        return exercise.by_status(START, END)

    @parameterized.expand(STATUSES)
    def test_numbers(self, _, statuses, numbers, because):
        self.order(self.kim, *((status, []) for status in statuses))
        expected = dict(zip(ALL, numbers, strict=True))
        expect(f"by_status({PERIOD}) of {statuses}", self.ask(), expected, because)

    def test_period(self):
        for moment, status in [
            (START - TICK, RETURNED), (START, PAID), (END - TICK, PAID), (END, SHIPPED)
        ]:  # fmt: skip
            self.order(self.kim, (status, []), at=moment)
        expected = dict.fromkeys(ALL, 0) | {PAID: 2}
        call = f"by_status({PERIOD}), orders at its ends and one tick beyond"
        expect(call, self.ask(), expected, TIME)

    def test_one_query(self):
        self.order(self.kim, *((status, []) for status in ALL * 4))
        call = f"by_status({PERIOD}) of 20 orders"
        because = (
            "Five numbers are five rows at most: orders that are only counted stay where they are."
        )
        with rows_at_most(call, 5, because=because), budget(call, queries=1):
            self.ask()


LINES = [(FEW, LOW), (1, HIGH)]
PRICE = FEW * LOW + HIGH
ONCE = "An order of two lines is one order: the join has a row for each line."
OWN = "Each number has a condition of its own, and only what fits it is counted: paid or shipped, pending."
MONEY = "The money is that of the sold orders alone: nobody has paid for the others."
STAY = "Every customer stays in the list, with 0 where there is nothing."
NAMES = "In the order of the name, equal names with the higher primary key first."
# The customers and their orders; the rows of the list.
CUSTOMERS = [
    ("two_lines", [(A, [(PAID, LINES), (SHIPPED, LINES)])], [(A, 2, 0, 2 * PRICE)], ONCE),
    (
        "statuses",
        [(A, [(SHIPPED, []), (PENDING, []), (PENDING, []), (RETURNED, []), (CANCELLED, [])])],
        [(A, 1, 2, 0)],
        OWN,
    ),
    (
        "money",
        [(A, [(PENDING, LINES), (PAID, [(1, LOW)]), (RETURNED, LINES)])],
        [(A, 1, 1, LOW)],
        MONEY,
    ),
    ("nothing", [(B, [(PENDING, LINES)]), (A, [])], [(A, 0, 0, 0), (B, 0, 1, 0)], STAY),
    (
        "names",
        [(A, [(PAID, [])]), (B, []), (A, [])],
        [(A, 0, 0, 0), (A, 1, 0, 0), (B, 0, 0, 0)],
        NAMES,
    ),
]


@pytest.mark.task(2)
class Customers(ShopCase):
    def fill(self, shop):
        self.stock((A, 1), (B, 1))
        for n, (name, orders) in enumerate(shop):
            customer = Customer.objects.create(name=name, email=f"{n}@example.com")
            self.order(customer, *orders)

    @parameterized.expand(CUSTOMERS)
    def test_rows(self, _, shop, expected, because):
        self.fill(shop)
        expect(f"customers() of {shop}", exercise.customers(), expected, because)

    def test_one_query(self):
        shop = [(A, [(PAID, LINES), (PENDING, LINES)])]
        self.fill(shop * 3)
        because = "Three customers are three rows: what is added up stays in the database."
        with rows_at_most("customers()", 3, because=because), budget("customers()", queries=1):
            exercise.customers()

    def test_more_customers_cost_the_same(self):
        shop = [(A, [(PAID, LINES)])]
        growth("customers()", make=lambda size: self.fill(shop * size), do=exercise.customers)


BOUNDS = "The first condition that holds decides, and a price of 10 or 25 is not less than that."
ORDER = "The lowest band first, free before bargain before regular: no order of the alphabet."
BANDED = [
    ("bargain", [(A, CENT), (B, 10 - CENT), (C, 0)], "free bargain bargain", [C, A, B], BOUNDS),
    ("regular", [(A, 10), (B, 25 - CENT), (C, 5)], "bargain regular regular", [C, A, B], BOUNDS),
    ("luxury", [(A, 25), (B, 24), (C, 90)], "regular luxury luxury", [B, A, C], BOUNDS),
    (
        "order",
        [(A, 99), (B, 20), (C, 5), (D, 0)],
        "free bargain regular luxury",
        [D, C, B, A],
        ORDER,
    ),
    (
        "titles",
        [(C, 1), (A, 3), (B, 2)],
        "bargain bargain bargain",
        [A, B, C],
        "In a band by title.",
    ),
]


@pytest.mark.task(3)
class Banded(ShopCase):
    @parameterized.expand(BANDED)
    def test_rows(self, _, shop, bands, titles, because):
        self.stock(*shop)
        expected = list(zip(titles, bands.split(), strict=True))
        expect(f"banded(9) of {shop}", exercise.banded(9), expected, because)

    def test_no_row_too_many(self):
        self.stock(*((f"{A} {n}", n) for n in range(20)))
        because = "Two books are wanted: the database can put them in order, and cut off."
        with rows_at_most("banded(2) of 20 books", 2, because=because):
            got = exercise.banded(2)
        expect("banded(2)", got, [(f"{A} 0", "free"), (f"{A} 1", "bargain")], ORDER)


TWICE = "A price is reduced once: what it is afterwards does not count."
FROM = "From 15 on is 15 too, and from 30 on 30 too; the higher of the two decides."
KEEP = "Other books keep their price, and it did not change."
# The prices before and after.
PRICES = [
    ("once", [30, 40, 31], [25, 35, 26], TWICE),
    ("bounds", [30 - CENT, 15, 30], [28 - CENT, 13, 25], FROM),
    ("others", [15 - CENT, 0, 15], [15 - CENT, 0, 13], KEEP),
]


@pytest.mark.task(4)
class ReducePrices(ShopCase):
    @parameterized.expand(PRICES)
    def test_prices(self, _, before, after, because):
        self.stock(*((A, price) for price in before))
        call = f"reduce_prices() of books at {', '.join(map(str, before))}"
        try:
            with transaction.atomic():
                number = exercise.reduce_prices()
        except IntegrityError as error:
            number = f"IntegrityError: {error}"
        changed = sum(old != new for old, new in zip(before, after, strict=True))
        left = list(Book.objects.order_by("pk").values_list("price", flat=True))
        got = (number, [str(price) for price in left])
        expected = (changed, [f"{price:.2f}" for price in after])
        expect(f"changed, and prices after {call}", got, expected, because)

    def test_one_statement(self):
        self.stock(*((A, price) for price in (10, 20, 30, 40)))
        call = "reduce_prices() of 4 books"
        because = "The database knows the prices: nothing needs to be read."
        with rows_at_most(call, 0, because=because), budget(call, queries=1):
            exercise.reduce_prices()
