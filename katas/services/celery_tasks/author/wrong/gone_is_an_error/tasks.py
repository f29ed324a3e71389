"""Work of the bookshop that no customer should wait for."""

from celery import shared_task

from core.bookshop.models import Order

from .letters import confirmation


@shared_task
def send_confirmation(order_id: int) -> str:
    """Mail the confirmation of an order, given by primary key.

    Returns "Sent to emma@example.com", with the address that the letter went to. An order that is
    cancelled or gone gets no letter; then it returns "Nothing to confirm".
    """
    order = Order.objects.get(pk=order_id)
    if order.status == Order.Status.CANCELLED:
        return "Nothing to confirm"
    confirmation(order).send()  # not caught: an error is how Celery learns that the task failed
    return f"Sent to {order.customer.email}"
