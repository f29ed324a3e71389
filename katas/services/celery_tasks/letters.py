"""Letters of the bookshop, each written from the rows as they are at that moment."""

from django.core.mail import EmailMessage

from core.bookshop.models import Order


def confirmation(order: Order) -> EmailMessage:
    """What the customer has ordered. `send()` raises where the letter cannot be sent."""
    lines = order.lines.select_related("book").order_by("pk")
    text = "\n".join(f"{line.quantity} × {line.book.title}" for line in lines)
    return EmailMessage(f"Your order {order.pk}", text, to=[order.customer.email])
