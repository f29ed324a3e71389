"""What the demo and the lab show of this kata: what a shop with a replica does, and asks its primary."""

from contextlib import suppress

from django.db import connections, router
from django.test import override_settings

from core.bookshop.models import Author, Book, Order

from . import routers
from .replication import Shop, asked, writable

sizes = (2, 8, 32, 128)
unit = "queries of the primary"
shop = Shop()
sent = {"default": 0}


def wrapper(execute, sql, params, many, context):
    sent["default"] += 1
    return execute(sql, params, many, context)


def populate(size: int) -> None:
    """The shop of the tests; `size` is how often its book is shown."""
    override_settings(DATABASE_ROUTERS=[]).enable()
    shop.fill("default")
    if not Book.objects.using("replica").exists():
        shop.fill("replica")
        writable(False)
    override_settings(DATABASE_ROUTERS=[shop.router]).enable()
    if wrapper not in connections["default"].execute_wrappers:
        connections["default"].execute_wrappers.append(wrapper)
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


calls = {
    "pages of a book": pages,
    "a book, read and saved": save,
    "an author for a book": relate,
    "a new order's lines": new_order,
    "after primary() has failed": failed,
}
