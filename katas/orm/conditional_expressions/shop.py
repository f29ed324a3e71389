"""The shop that the cases fill, and what is drawn for it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.test import TestCase

from core.bookshop.models import Author, Book, Order, OrderLine, Publisher
from core.judge import rng

random = rng("reports")
START = datetime(2024, random.randrange(1, 13), 1, tzinfo=UTC)
END = START + timedelta(days=random.randrange(20, 30))
PERIOD = f"{START.date()}, {END.date()}"
LOW, HIGH = (Decimal(cents) / 100 for cents in sorted(random.sample(range(500, 3000), 2)))
FEW, MANY = sorted(random.sample(range(2, 9), 2))
A, B, C, D = sorted(random.sample(["Aurora", "Emma", "Ivanhoe", "Kim", "Nana", "Villette"], 4))
CENT = Decimal("0.01")


class ShopCase(TestCase):
    """An empty shop, but for two books that are sold."""

    @classmethod
    def setUpTestData(cls):
        cls.of = {
            "author": Author.objects.create(name="Austen", country="England"),
            "publisher": Publisher.objects.create(name="Press", city="London"),
            "year": 1813,
        }

    def stock(self, *books):
        """Put books there, as (title, price)."""
        first = Book.objects.count()
        return Book.objects.bulk_create(
            Book(title=title, price=price, isbn=str(first + n), **self.of)
            for n, (title, price) in enumerate(books)
        )

    def order(self, customer, *orders, at=START):
        """Place orders of a customer, as (status, lines), a line being (quantity, price)."""
        made = Order.objects.bulk_create(
            Order(customer=customer, status=status, placed_at=at) for status, _ in orders
        )
        books = Book.objects.order_by("pk")[:2]
        OrderLine.objects.bulk_create(
            OrderLine(order=order, book=book, quantity=quantity, unit_price=price)
            for order, (_, lines) in zip(made, orders, strict=True)
            for book, (quantity, price) in zip(books, lines, strict=False)
        )
