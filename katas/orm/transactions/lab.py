"""What the demo and the lab show of this kata: each goes wrong in the middle, and is counted."""

from contextlib import suppress
from functools import partial

from django.core import mail
from django.db import DatabaseError, transaction

from core.bookshop.models import Order

from . import exercise
from .models import Payment
from .shop import KEYS, STOCK, Shop, stored, told

sizes = (2, 8, 32, 128)
shop = Shop()
keys: list[int] = []


def populate(size: int) -> None:
    """The shop of the tests, and `size` orders that wait to be paid."""
    shop.setUp()
    keys[:] = shop.orders(size)
    mail.outbox = []


def half_an_order() -> str:
    """The last book of a basket is missing."""
    first, second, last = KEYS
    basket = {first: 1, second: 1, last: STOCK + 1}
    before = Order.objects.count()
    told(partial(exercise.checkout, shop.ada, basket))
    orders, _, taken = stored()
    return f"{orders - before} orders, {sum(taken.values())} books gone"


def letters() -> str:
    """A caller that takes back what it has ordered."""
    mail.outbox = []
    with transaction.atomic():
        told(partial(exercise.checkout, shop.ada, {KEYS[0]: 1}))
        transaction.set_rollback(True)
    return f"{len(mail.outbox)} letters of 0 orders"


def payments() -> str:
    """A payment for each order, the last of which makes no sense."""
    lines = [(f"line {key}", key, 100 * (key != keys[-1])) for key in keys]
    told(partial(exercise.book_payments, lines))
    return f"{Payment.objects.count()} of {len(lines) - 1} booked"


def rehearsal() -> str:
    """Orders that are made in a rehearsal whose block fails."""
    before = Order.objects.count()
    with suppress(DatabaseError, LookupError), exercise.rehearsal():
        shop.orders(1)
        raise LookupError
    return f"{Order.objects.count() - before} orders left"


calls = {
    "a basket, one book missing": half_an_order,
    "an order taken back": letters,
    "payments, the last refused": payments,
    "a rehearsal that fails": rehearsal,
}
