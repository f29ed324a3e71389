"""Work of the bookshop that no customer should wait for."""

from celery import shared_task
from django.core.mail import EmailMessage

from core.bookshop.models import Order

from .letters import confirmation


@shared_task
def send_confirmation(order_id: int) -> EmailMessage | str:
    """Mail the confirmation of an order, given by primary key.

    Returns "Sent to emma@example.com", with the address that the letter went to. An order that is
    cancelled or gone gets no letter; then it returns "Nothing to confirm".
    """
    # Read here, in the worker: between message and task, anything may have happened to the order.
    order = Order.objects.exclude(status=Order.Status.CANCELLED).filter(pk=order_id).first()
    if order is None:
        return "Nothing to confirm"
    letter = confirmation(order)
    letter.send()
    return letter
