"""The bookshop: the tables that the katas ask, and that no learner edits.

Three choices hold for every model here. There is no default ordering: it would hide an ORDER BY in
queries whose cost a kata judges, so whoever needs an order asks for it. `__str__` never follows a
relation, so showing rows never costs a query a row. Names that end in `_at` are aware moments.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Author(models.Model):
    name = models.CharField(max_length=200)
    # A year; negative before our era, empty where nobody knows.
    born = models.SmallIntegerField(null=True, blank=True)
    country = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Publisher(models.Model):
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Genre(models.Model):
    name = models.CharField(max_length=100, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="genre_not_its_own_parent",
                violation_error_message="A genre cannot be its own parent.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=300)
    author = models.ForeignKey(Author, models.PROTECT, related_name="books")
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="books")
    genres = models.ManyToManyField(Genre, related_name="books")
    year = models.SmallIntegerField(help_text="Of first publication; negative before our era.")
    isbn = models.CharField("ISBN", max_length=13, unique=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="book_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title


class Copy(models.Model):
    """One copy that is lent, not sold: `Book.stock` counts what is for sale."""

    book = models.ForeignKey(Book, models.CASCADE, related_name="copies")
    shelf = models.CharField(max_length=20)

    class Meta:
        verbose_name_plural = "copies"

    def __str__(self) -> str:
        return f"Copy {self.pk} on shelf {self.shelf}"


class Customer(models.Model):
    name = models.CharField(max_length=200)
    email = models.EmailField("e-mail", unique=True)
    joined = models.DateField(default=timezone.localdate)

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending"
        PAID = "paid"
        SHIPPED = "shipped"
        CANCELLED = "cancelled"
        RETURNED = "returned"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    placed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "paid", "shipped", "cancelled", "returned"]),
                name="order_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Order {self.pk}"


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    book = models.ForeignKey(Book, models.PROTECT, related_name="order_lines")
    quantity = models.PositiveIntegerField(default=1)
    # What the customer paid for one: the price of the book may have moved since.
    unit_price = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="line_price_not_negative"),
            # Two of the same book are a quantity of two.
            models.UniqueConstraint(fields=["order", "book"], name="line_once_a_book"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of book {self.book_id}"


class Review(models.Model):
    """A customer may review a book again after reading it again, so the pair is not unique."""

    book = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="reviews")
    stars = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.TextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5), name="review_stars_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars} of 5 for book {self.book_id}"


class Loan(models.Model):
    """Open while `back_at` is empty. Nothing here stops two open loans of one copy: that race,
    and the constraint against it, are what katas teach. The shipped rows are free of it."""

    copy = models.ForeignKey(Copy, models.PROTECT, related_name="loans")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="loans")
    out_at = models.DateTimeField(default=timezone.now)
    back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(back_at__isnull=True) | Q(back_at__gte=F("out_at")),
                name="loan_back_after_out",
                violation_error_message="A copy cannot come back before it went out.",
            ),
        ]

    def __str__(self) -> str:
        return f"Loan {self.pk}"
