"""What the demo and the lab show of this kata: what a shop with a replica does, and asks its primary."""

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import connections, router
from django.test import override_settings

from core.bookshop.models import Author, Book, Order

from . import routers
from .replication import Shop, asked, writable

sizes = (2, 8, 32, 128)
unit = "queries of the primary"
shop = Shop()
sent = {"default": 0}
others = list(settings.DATABASE_ROUTERS)  # the lab's own, for what is in neither of the two


def wrapper(execute, sql, params, many, context):
    sent["default"] += 1
    return execute(sql, params, many, context)


def populate(size: int) -> None:
    """The shop of the tests; `size` is how often its book is shown."""
    override_settings(DATABASE_ROUTERS=others).enable()
    shop.fill("default")
    if not Book.objects.using("replica").exists():
        shop.fill("replica")
    override_settings(DATABASE_ROUTERS=[*others, shop.router]).enable()
    shop.shown = size


def count() -> int:
    return sent["default"]


def pages() -> str:
    """The page of a book with its author, again and again."""
    for _ in range(shop.shown):
        _ = Book.objects.get(pk=shop.emma).author.name
    return f"{shop.shown} pages"


def save() -> str:
    got, _ = asked(lambda: Book.objects.get(pk=shop.emma).save())
    return got or "saved"


def relate() -> str:
    def assign() -> str:
        author = Author.objects.using("default").get(pk=shop.austen)
        Book.objects.using("replica").get(pk=shop.emma).author = author
        return "related"

    return asked(assign)[0]


def new_order() -> str:
    """The page of an order that was placed a moment ago."""
    order = Order.objects.using("default").create(customer_id=shop.ada)
    order.lines.using("default").create(order_id=order.pk, book_id=shop.emma, unit_price=9)
    return f"{order.lines.count()} lines of 1"


def failed() -> str:
    """Where Books are read after a block that has failed."""
    with suppress(LookupError), routers.primary():
        raise LookupError
    return f"reads {router.db_for_read(Book)}"


def replicated(do: Callable[[], str]) -> Callable[[], str]:
    """The call with a primary that is counted and a replica that takes no writes.

    Around each call, since each thread of the lab has connections of its own.
    """

    def call() -> str:
        writable(False)
        try:
            with connections["default"].execute_wrapper(wrapper):
                return do()
        finally:
            writable(True)

    return call


calls = {
    "pages of a book": replicated(pages),
    "a book, read and saved": replicated(save),
    "an author for a book": replicated(relate),
    "a new order's lines": replicated(new_order),
    "after primary() has failed": replicated(failed),
}
