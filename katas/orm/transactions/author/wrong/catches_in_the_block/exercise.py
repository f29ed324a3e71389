"""Orders and payments of the bookshop: whole, or not there at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from core.bookshop.models import Order, OrderLine

from .models import Payment
from .stock import OutOfStock, send_letter, take


def checkout(customer: int, basket: Mapping[int, int]) -> int:
    """Order a basket, which holds quantities by the primary keys of books; return the order's key.

    OutOfStock if there are too few of one of them: then no order is there, and all books are in stock
    as before. The letter to the customer is sent when the order is committed, which may be the
    caller's to do. If the post fails, that is logged, and the order stands.
    """
    with transaction.atomic():
        order = Order.objects.create(customer_id=customer)
        for book, quantity in basket.items():
            try:
                price = take(book, quantity)
            except OutOfStock:
                return 0
            OrderLine.objects.create(order=order, book_id=book, quantity=quantity, unit_price=price)
        transaction.on_commit(lambda: send_letter(order.pk), robust=True)
    return order.pk


def book_payments(lines: Sequence[tuple[str, int, int]]) -> list[str]:
    """Book the bank's lines (reference, order, cents): the order is paid, and a Payment is made.

    Return the references that the table of payments refuses, which have no effect at all; all other
    lines are booked. Other errors of the database are passed on, and then nothing is booked.
    """
    refused = []
    with transaction.atomic():
        for reference, order, cents in lines:
            try:
                # A savepoint for each line. The error leaves this block, which goes back to the savepoint,
                # and is caught outside of it; the outer block never hears of it.
                with transaction.atomic():
                    Order.objects.filter(pk=order).update(status=Order.Status.PAID)
                    Payment.objects.create(reference=reference, order_id=order, cents=cents)
            except IntegrityError:
                refused.append(reference)
    return refused


@contextmanager
def rehearsal() -> Iterator[None]:
    """`with rehearsal():` does what the block does, and undoes it at the end: rows, and letters too.

    The block sees its own rows. What it raises is passed on. In a caller's transaction, what the
    caller did before stays.
    """
    with transaction.atomic():
        yield
        # No exception to be caught by somebody in between, and only as far as this block goes.
        transaction.set_rollback(True)
