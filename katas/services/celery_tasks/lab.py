"""What the demo and the lab show of this kata: checkouts on a real broker, and no worker yet."""

from django.core import mail
from django.db import transaction
from django.test import override_settings

from core.bookshop.generator import generate
from core.bookshop.models import Book, Customer

from . import orders
from .app import app

HERE = override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
unit = "letters"
sizes = (2, 8, 32, 128)
now = {"checkouts": 1}


def populate(size: int) -> None:
    """A shop, and as many checkouts to do."""
    generate(books=8)
    now["checkouts"] = size


def count() -> int:
    """Letters that were mailed while a customer waited: a worker mails its own elsewhere."""
    return len(getattr(mail, "outbox", []))


def place() -> None:
    customer, book = Customer.objects.earliest("pk"), Book.objects.earliest("pk")
    with HERE:
        orders.place_order(customer.pk, {book.pk: 1})


def checkouts() -> str:
    app.control.purge()
    for _ in range(now["checkouts"]):
        place()
    return f"{app.control.purge()} messages"


def rolled_back() -> str:
    """Whether anybody is told of an order that is not there in the end."""
    app.control.purge()
    before = count()
    with transaction.atomic():
        place()
        transaction.set_rollback(True)
    return "told" if count() - before + app.control.purge() else "not told"


calls = {"all checkouts": checkouts, "one is rolled back": rolled_back}
