"""The shop that the tests order in, and what may go wrong there."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail.backends.base import BaseEmailBackend
from django.db import Error, OperationalError, connection, transaction

from core.bookshop.models import Author, Book, Customer, Order, OrderLine, Publisher
from core.judge import rng

from .models import Payment
from .stock import OutOfStock

random = rng("orders")
KEYS = random.sample(range(100, 1000), 3)  # primary keys of books
STOCK = random.randint(10, 30)
CENTS = random.randint(100, 5000)


class Shop:
    """Three books in stock, a customer, and no orders."""

    def setUp(self):
        author = Author.objects.create(name="Jane Austen", country="England")
        press = Publisher.objects.create(name="Press", city="London")
        about = {"author": author, "publisher": press, "year": 1815, "price": 9, "stock": STOCK}
        Book.objects.bulk_create(Book(pk=key, title="Emma", isbn=str(key), **about) for key in KEYS)
        self.ada = Customer.objects.create(name="Ada", email="ada@example.com").pk

    def tearDown(self):
        if not transaction.get_autocommit() and not connection.in_atomic_block:
            transaction.rollback()
            transaction.set_autocommit(True)

    def orders(self, count):
        """The keys of so many orders that are pending."""
        made = Order.objects.bulk_create(Order(customer_id=self.ada) for _ in range(count))
        return [order.pk for order in made]


def stored():
    """(orders, {book: quantity on their lines}, {book: what is missing in stock})."""
    lines = dict(OrderLine.objects.values_list("book", "quantity"))
    stock = Book.objects.exclude(stock=STOCK).values_list("pk", "stock")
    return Order.objects.count(), lines, {book: STOCK - left for book, left in stock}


def paid():
    """The orders that are paid, and the references of all payments."""
    orders = Order.objects.filter(status=Order.Status.PAID).values_list("pk", flat=True)
    return sorted(orders), sorted(Payment.objects.values_list("reference", flat=True))


def told(call):
    """What a call returns, or what it raises of shop, post or database, as text."""
    try:
        return call()
    except OutOfStock as error:
        return f"OutOfStock{error.args}"
    except (Error, ConnectionRefusedError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"


class NoPost(BaseEmailBackend):
    """A post that takes no letters."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError("no post today")


@contextmanager
def logged() -> Iterator[list[logging.LogRecord]]:
    """The errors that are logged in the block."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = records.append
    logging.getLogger().addHandler(handler)
    try:
        yield records
    finally:
        logging.getLogger().removeHandler(handler)


def breaks_at(number):
    """In this block the connection breaks at the payment of this number, from 1 on."""
    seen = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal seen
        here = sql.startswith("INSERT") and Payment._meta.db_table in sql
        seen += here
        if here and seen == number:
            raise OperationalError("the server closed the connection")
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)
