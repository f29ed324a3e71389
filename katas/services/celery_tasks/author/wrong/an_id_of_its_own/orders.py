"""The checkout of the bookshop, and what the page after it shows."""

from celery import uuid
from django.db import transaction

from core.bookshop.models import Book, Order, OrderLine

from .tasks import send_confirmation

WAITING = "Your confirmation is on its way."
FAILED = "We could not send your confirmation."


def write_order(customer_id: int, quantities: dict[int, int]) -> Order:
    """The rows of an order."""
    order = Order.objects.create(customer_id=customer_id)
    books = Book.objects.in_bulk(quantities)
    OrderLine.objects.bulk_create(
        OrderLine(order=order, book=books[pk], quantity=quantity, unit_price=books[pk].price)
        for pk, quantity in quantities.items()
    )
    return order


def place_order(customer_id: int, quantities: dict[int, int]) -> tuple[int, str]:
    """Order so many of each book, given by primary key, and have the order confirmed.

    Returns the order's primary key and the id of the task that confirms it. The message to the
    worker leaves when the order is committed: with the caller's transaction, if there is one.
    """
    task_id = uuid()
    with transaction.atomic():
        order = write_order(customer_id, quantities)
        send_confirmation.delay_on_commit(order.pk)
    return order.pk, task_id


def confirmation_state(task_id: str) -> str:
    """What became of the task, in words for the customer: at once, with one question to the broker.

    What the task returned; WAITING while it is not done; FAILED where it never will be, because it
    failed or was revoked.
    """
    result = send_confirmation.AsyncResult(task_id)
    if not result.ready():  # the question; of a task that is done, the answer holds the rest
        return WAITING
    return result.result if result.successful() else FAILED
