"""The stock, and the letters to customers: both are given, and right."""

from decimal import Decimal

from django.core.mail import send_mail
from django.db.models import F

from core.bookshop.models import Book, Order


class OutOfStock(Exception):
    """There are fewer of a book than were asked for; its argument is the book's primary key."""


def take(book: int, quantity: int) -> Decimal:
    """Take books out of stock, and return the price of one. OutOfStock if there are fewer."""
    there = Book.objects.filter(pk=book, stock__gte=quantity)
    if not there.update(stock=F("stock") - quantity):
        raise OutOfStock(book)
    return Book.objects.values_list("price", flat=True).get(pk=book)


def send_letter(order: int) -> None:
    """Write to the customer of an order, given by primary key, that it is on its way."""
    address = Order.objects.values_list("customer__email", flat=True).get(pk=order)
    send_mail(f"Order {order}", "Thank you for your order.", "shop@example.com", [address])
