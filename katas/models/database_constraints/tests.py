from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from parameterized import parameterized

from core.judge import expect, rng

from .models import Loan, Member, Offer

random = rng("rows")
AGE = random.randint(17, 119)
PRICE = Decimal(random.randint(500, 5000)) / 100
CENT = Decimal("0.01")
LENT = date(2024, 1, 1) + timedelta(days=random.randrange(300))
BACK = LENT + timedelta(days=random.randrange(1, 30))
WRITES = {
    "create": "create() goes through save(), which calls no validator and no clean().",
    "bulk_create": "bulk_create() calls neither save() nor clean(): only the table can refuse.",
    "update": "update() is one statement for many rows: only the table can refuse.",
    "raw_insert": "Other programs write SQL of their own: only the table can refuse.",
}


def write(way, model, good, bad):
    """`bad` in one of the four ways, or `good` changed to it; "accepted" or "refused"."""
    row = good | bad
    names = [model._meta.get_field(name).column for name in row]
    sql = f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) VALUES ({'%s, ' * len(row)}"
    values = [getattr(value, "pk", value) for value in row.values()]
    try:
        with transaction.atomic():
            if way == "create":
                model.objects.create(**row)
            elif way == "bulk_create":
                model.objects.bulk_create([model(**row)])
            elif way == "update":
                first = model.objects.create(**good)
                model.objects.filter(pk=first.pk).update(**bad)
            else:
                connection.cursor().execute(sql.rstrip(", ") + ")", values)
    except (IntegrityError, ValidationError):
        return "refused"
    return "accepted"


def expect_named(model, name):
    """The table itself has a constraint of that name."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    because = "Programs and migrations find a constraint by its name; the brief gives it."
    expect(f"{name!r} is a constraint of the table", name in found, True, because)


def complaints(instance):
    """What full_clean() says of an instance, as (code, message)."""
    try:
        instance.full_clean()
    except ValidationError as error:
        return [(e.code, e.messages[0]) for found in error.error_dict.values() for e in found]
    return []


UNKNOWN = "A CHECK refuses what is false; with NULL it is neither true nor false, and passes."
AGES = [
    *((f"fifteen_by_{way}", way, 15, because) for way, because in WRITES.items()),
    ("above_120", "raw_insert", 121, "There are two bounds: the age is at most 120."),
    ("unknown_by_update", "update", None, UNKNOWN),
    ("unknown_by_raw_insert", "raw_insert", None, UNKNOWN),
]


@pytest.mark.task(1)
class MemberAge(TestCase):
    @parameterized.expand(AGES)
    def test_refused(self, case, way, age, because):
        got = write(way, Member, {"name": "Emma", "age": AGE}, {"age": age})
        expect(f"{way} of a member with age={age}", got, "refused", because)

    @parameterized.expand([("sixteen", 16), ("a_hundred_and_twenty", 120)])
    def test_accepted(self, case, age):
        got = write("create", Member, {"name": "Emma"}, {"age": age})
        expect(f"create of a member with age={age}", got, "accepted", f"{age} is still inside.")

    def test_left_out(self):
        got = write("create", Member, {"name": "Emma"}, {})
        because = "A default would invent an age: a member whose age is not known is refused."
        expect("create of a member without an age", got, "refused", because)

    def test_name(self):
        expect_named(Member, "member_age")


class LoanCase(TestCase):
    """Emma has the copy B1."""

    def setUp(self):
        self.emma, self.kim = (
            Member.objects.create(name=name, age=AGE) for name in ("Emma", "Kim")
        )
        self.first = Loan.objects.create(copy="B1", member=self.emma, lent_on=LENT)


AGAIN = "A copy that came back can be lent again: only open loans exclude one another."


@pytest.mark.task(2)
class OneOpenLoan(LoanCase):
    @parameterized.expand(WRITES.items())
    def test_second_open_loan(self, way, because):
        closed = {"copy": "B1", "member": self.kim, "lent_on": BACK, "returned_on": BACK}
        got = write(way, Loan, closed, {"returned_on": None})
        expect(f"{way} of a second open loan of one copy", got, "refused", because)

    @parameterized.expand([("open", None), ("returned_on_the_same_day", BACK)])
    def test_next_loan(self, case, returned_on):
        Loan.objects.filter(pk=self.first.pk).update(returned_on=BACK)
        loan = {"copy": "B1", "member": self.kim, "lent_on": BACK, "returned_on": returned_on}
        call = f"the next loan after the return, with returned_on={returned_on}"
        expect(call, write("create", Loan, loan, {}), "accepted", AGAIN)

    def test_two_copies_of_one_member(self):
        loan = {"copy": "B2", "member": self.emma, "lent_on": LENT}
        because = "The rule is about a copy: a member may have several copies at once."
        expect("a loan of another copy", write("create", Loan, loan, {}), "accepted", because)

    def test_name(self):
        expect_named(Loan, "loan_one_open_per_copy")


OFFERS = [
    *((f"above_by_{way}", way, "sale_price", PRICE + CENT, why) for way, why in WRITES.items()),
    ("list_price_falls", "update", "list_price", PRICE - 2 * CENT, "Both columns can move."),
    ("zero", "raw_insert", "sale_price", Decimal(0), "A sale price is above 0: 0 is a mistake."),
]
FAIR = [
    ("equal", PRICE, "A sale price equal to the list price is not above it."),
    ("one_cent", CENT, "Every price above 0 will do."),
    ("none", None, "No sale price is no fault: NULL passes a CHECK, and here that is right."),
]


@pytest.mark.task(3)
class PriceOrder(TestCase):
    def offer(self, way, bad):
        good = {"title": "Kim", "list_price": PRICE, "sale_price": PRICE - CENT}
        return write(way, Offer, good, bad)

    @parameterized.expand(OFFERS)
    def test_refused(self, case, way, field, value, because):
        call = f"{way} of an offer, list price {PRICE}, sale price {PRICE - CENT}, with {field}={value}"
        expect(call, self.offer(way, {field: value}), "refused", because)

    @parameterized.expand(FAIR)
    def test_accepted(self, case, price, because):
        call = f"create of an offer with list_price={PRICE}, sale_price={price}"
        expect(call, self.offer("create", {"sale_price": price}), "accepted", because)

    def test_name(self):
        expect_named(Offer, "offer_price_order")


WORDS = (
    "A form shows what full_clean() says: give the constraint its words, and drop the validator."
)
YOUNG = Member(name="Kim", age=15)
DEAR = Offer(title="Kim", list_price=PRICE, sale_price=PRICE + CENT)
MESSAGES = [
    ("age", "a member of 15", YOUNG, "A member is 16 to 120 years old."),
    ("price", "a dear offer", DEAR, "A sale price is above 0 and not above the list price."),
]


@pytest.mark.task(4)
class Words(LoanCase):
    @parameterized.expand(MESSAGES)
    def test_message(self, case, what, instance, message):
        got = [words for _, words in complaints(instance)]
        expect(f"messages of full_clean() for {what}", got, [message], WORDS)

    def test_message_and_code_of_a_loan(self):
        second = Loan(copy="B1", member=self.emma, lent_on=LENT)
        expected = [("copy_is_lent", "This copy is lent already.")]
        because = "The words are for a person, the code for a program: the words may be translated."
        call = "(code, message) of full_clean() for a second open loan"
        expect(call, complaints(second), expected, because)

    def test_an_open_loan_can_be_edited(self):
        self.first.lent_on = BACK
        because = "A loan is no rival of itself: validating the constraint leaves its own row out."
        expect("full_clean() of the open loan", complaints(self.first), [], because)
