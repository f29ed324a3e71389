"""The shop in the admin. A list costs the same few queries for ten rows and for ten million:
relations are joined, counts are counted for the rows on the page only, big tables are not counted
twice, and no drop-down ever holds a table.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Avg, Count, DecimalField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from core.bookshop.models import (
    Author,
    Book,
    Copy,
    Customer,
    Genre,
    Loan,
    Order,
    OrderLine,
    Publisher,
    Review,
)


def of_each(rows: QuerySet[Any], relation: str, value: Combinable) -> Subquery:
    """`value` over those `rows` whose `relation` is the row on the page.

    A subquery and not a join, because two joins multiply each other, and because the database
    reckons it after LIMIT.
    """
    mine = rows.filter(**{relation: OuterRef("pk")}).values(relation)
    return Subquery(mine.annotate(reckoned=value).values("reckoned"))


def count_of(rows: QuerySet[Any], relation: str) -> Coalesce:
    return Coalesce(of_each(rows, relation, Count("pk")), 0)


class ShopAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """`reckoned` names what is computed for each row of the list."""

    reckoned: dict[str, Combinable] = {}
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(**self.reckoned)
        return rows


@admin.register(Author)
class AuthorAdmin(ShopAdmin):
    reckoned = {"book_count": count_of(Book.objects.all(), "author")}
    list_display = ("name", "born", "country", "books")
    list_filter = ("country",)
    search_fields = ("name",)

    @admin.display(ordering="book_count")
    def books(self, author: Any) -> int:
        return int(author.book_count)


@admin.register(Publisher)
class PublisherAdmin(ShopAdmin):
    reckoned = {"book_count": count_of(Book.objects.all(), "publisher")}
    list_display = ("name", "city", "books")
    search_fields = ("name", "city")

    @admin.display(ordering="book_count")
    def books(self, publisher: Any) -> int:
        return int(publisher.book_count)


@admin.register(Genre)
class GenreAdmin(ShopAdmin):
    reckoned = {"book_count": count_of(Book.genres.through._default_manager.all(), "genre")}
    list_display = ("name", "parent", "books")
    list_select_related = ("parent",)
    search_fields = ("name",)
    autocomplete_fields = ("parent",)

    @admin.display(ordering="book_count")
    def books(self, genre: Any) -> int:
        return int(genre.book_count)


@admin.register(Book)
class BookAdmin(ShopAdmin):
    reckoned = {
        "copy_count": count_of(Copy.objects.all(), "book"),
        "average_stars": of_each(Review.objects.all(), "book", Avg("stars")),
    }
    list_display = ("title", "author", "publisher", "year", "price", "stock", "copies", "stars")
    list_select_related = ("author", "publisher")
    list_filter = ("genres",)
    search_fields = ("title", "author__name", "=isbn")
    autocomplete_fields = ("author", "publisher", "genres")

    @admin.display(ordering="copy_count")
    def copies(self, book: Any) -> int:
        return int(book.copy_count)

    @admin.display(ordering="average_stars", empty_value="no reviews")
    def stars(self, book: Any) -> str | None:
        return None if book.average_stars is None else f"{book.average_stars:.1f}"


@admin.register(Copy)
class CopyAdmin(ShopAdmin):
    reckoned = {"loan_count": count_of(Loan.objects.all(), "copy")}
    list_display = ("id", "book", "shelf", "loans")
    list_select_related = ("book",)
    search_fields = ("book__title", "=shelf")
    autocomplete_fields = ("book",)

    @admin.display(ordering="loan_count")
    def loans(self, copy: Any) -> int:
        return int(copy.loan_count)


@admin.register(Customer)
class CustomerAdmin(ShopAdmin):
    reckoned = {"order_count": count_of(Order.objects.all(), "customer")}
    list_display = ("name", "email", "joined", "orders")
    list_filter = ("joined",)
    search_fields = ("name", "email")

    @admin.display(ordering="order_count")
    def orders(self, customer: Any) -> int:
        return int(customer.order_count)


class OrderLineInline(admin.TabularInline):  # type: ignore[type-arg]
    """To look at: what was sold, and for how much, is not rewritten afterwards."""

    model = OrderLine
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("book")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(ShopAdmin):
    reckoned = {
        "line_count": count_of(OrderLine.objects.all(), "order"),
        "sum_paid": of_each(
            OrderLine.objects.all(),
            "order",
            Sum(F("quantity") * F("unit_price"), output_field=DecimalField(decimal_places=2)),
        ),
    }
    list_display = ("id", "customer", "status", "placed_at", "lines", "total")
    list_select_related = ("customer",)
    list_filter = ("status", "placed_at")
    search_fields = ("=id", "customer__name", "customer__email")
    autocomplete_fields = ("customer",)
    inlines = (OrderLineInline,)

    @admin.display(ordering="line_count")
    def lines(self, order: Any) -> int:
        return int(order.line_count)

    @admin.display(ordering="sum_paid")
    def total(self, order: Any) -> str:
        return f"{order.sum_paid or 0:.2f}"


@admin.register(OrderLine)
class OrderLineAdmin(ShopAdmin):
    list_display = ("id", "order", "book", "quantity", "unit_price")
    list_select_related = ("order", "book")
    list_filter = ("order__status",)
    search_fields = ("book__title", "=order__id")
    autocomplete_fields = ("order", "book")


@admin.register(Review)
class ReviewAdmin(ShopAdmin):
    list_display = ("id", "book", "customer", "stars", "text", "written_at")
    list_select_related = ("book", "customer")
    list_filter = ("stars", "written_at")
    search_fields = ("text", "book__title")
    autocomplete_fields = ("book", "customer")


@admin.register(Loan)
class LoanAdmin(ShopAdmin):
    list_display = ("id", "title", "customer", "out_at", "back_at")
    list_select_related = ("copy__book", "customer")
    list_filter = (("back_at", admin.EmptyFieldListFilter), "out_at")
    search_fields = ("copy__book__title", "customer__name")
    autocomplete_fields = ("copy", "customer")

    @admin.display(ordering="copy__book__title")
    def title(self, loan: Loan) -> str:
        return loan.copy.book.title
