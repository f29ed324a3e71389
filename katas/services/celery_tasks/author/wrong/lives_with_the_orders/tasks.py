"""Work of the bookshop that no customer should wait for."""

from core.bookshop.models import Order

from .letters import confirmation


def send_confirmation(order: Order) -> None:
    """Mail the confirmation of an order.

    To become a Celery task: it takes the order's primary key, reads the order when it runs, and
    returns "Sent to emma@example.com", with the address that the letter went to. An order that is
    cancelled or gone gets no letter; then it returns "Nothing to confirm". Where the letter cannot
    be sent, the task has failed, and Celery knows it.
    """
    confirmation(order).send()
