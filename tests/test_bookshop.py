"""The shop itself: what its tables refuse, and filling and emptying them."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from core.bookshop import inventory
from core.bookshop.generator import generate
from core.bookshop.inventory import TABLES, Counts
from core.bookshop.isbn import check_digit, is_valid
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
from core.errors import KataError

pytestmark = pytest.mark.django_db

MODELS = list(TABLES.values())
EMPTY = Counts(**dict.fromkeys(TABLES, 0))


@pytest.fixture
def shop() -> None:
    generate(books=8)


@pytest.mark.parametrize(
    ("isbn", "valid"),
    [
        ("9780306406157", True),
        ("9783161484100", True),
        ("9780306406158", False),
        ("978030640615", False),
        ("978030640615X", False),
        ("1234567890128", False),
        ("97803064061५7", False),
        ("", False),
    ],
)
def test_isbn_is_valid_only_with_its_check_digit(isbn: str, valid: bool) -> None:
    assert is_valid(isbn) is valid


def test_check_digit_is_a_nought_where_the_sum_is_full() -> None:
    assert check_digit("978316148410") == "0"


def named(columns: str) -> str:
    """What PostgreSQL says where SQLite names the columns: the constraint."""
    return "line_once_a_book" if ", " in columns else columns.replace(".", "_")


class TestConstraints:
    """The database refuses what no shop has, whoever writes it."""

    def test_refused_by_name(self, shop: None) -> None:
        noon = datetime(2025, 1, 1, 12, tzinfo=UTC)
        eleven = datetime(2025, 1, 1, 11, tzinfo=UTC)
        line = OrderLine.objects.first()
        assert line
        wrong = {
            "genre_not_its_own_parent": lambda: Genre.objects.update(parent=F("pk")),
            "book_price_not_negative": lambda: Book.objects.update(price=Decimal("-0.01")),
            "bookshop_book.isbn": lambda: Book.objects.update(isbn="9780306406157"),
            "stock": lambda: Book.objects.update(stock=-1),
            "bookshop_customer.email": lambda: Customer.objects.update(email="one@example.com"),
            "bookshop_genre.name": lambda: Genre.objects.update(name="Everything"),
            "order_status_known": lambda: Order.objects.update(status="lost"),
            "line_quantity_positive": lambda: OrderLine.objects.update(quantity=0),
            "line_price_not_negative": lambda: OrderLine.objects.update(unit_price=-1),
            "bookshop_orderline.order_id, bookshop_orderline.book_id": lambda: (
                OrderLine.objects.create(order=line.order, book=line.book, unit_price=1)
            ),
            "review_stars_1_to_5": lambda: Review.objects.update(stars=6),
            "loan_back_after_out": lambda: Loan.objects.update(out_at=noon, back_at=eleven),
        }
        for name, write in wrong.items():
            words = re.escape(name if connection.vendor == "sqlite" else named(name))
            with pytest.raises(IntegrityError, match=words), transaction.atomic():
                write()

    def test_every_declared_constraint_is_tried(self) -> None:
        declared = {c.name for model in MODELS for c in model._meta.constraints}
        assert declared == {
            "genre_not_its_own_parent",
            "book_price_not_negative",
            "order_status_known",
            "line_quantity_positive",
            "line_price_not_negative",
            "line_once_a_book",
            "review_stars_1_to_5",
            "loan_back_after_out",
        }

    def test_status_constraint_knows_every_choice(self) -> None:
        (constraint,) = Order._meta.constraints
        assert constraint.condition == Q(status__in=Order.Status.values)

    def test_allowed_loan_returned_at_once_and_price_of_zero(self, shop: None) -> None:
        Loan.objects.update(back_at=F("out_at"))
        Book.objects.update(price=0)

    def test_stars_are_checked_by_forms_too(self, shop: None) -> None:
        review = Review.objects.first()
        assert review
        review.stars = 0
        with pytest.raises(ValidationError, match="greater than or equal to 1"):
            review.full_clean()


class TestModels:
    def test_no_model_has_a_default_ordering(self) -> None:
        assert [model for model in MODELS if model._meta.ordering] == []

    def test_no_model_knows_the_user_model(self) -> None:
        related = {
            field.related_model._meta.app_label
            for model in apps.get_app_config("bookshop").get_models(include_auto_created=True)
            for field in model._meta.get_fields()
            if field.related_model
        }
        assert related == {"bookshop"}

    def test_migrations_are_complete(self) -> None:
        call_command("makemigrations", "bookshop", check=True, dry_run=True, verbosity=0)

    def test_str_of_every_model_asks_nothing(self, shop: None) -> None:
        rows = [model._default_manager.order_by("pk")[0] for model in MODELS]
        with CaptureQueriesContext(connection) as queries:
            texts = [str(row) for row in rows]
        assert len(queries) == 0
        lines, reviews = texts.pop(7), texts.pop(7)
        assert re.fullmatch(r"[123] of book \d", lines)
        assert re.fullmatch(r"[1-5] of 5 for book \d", reviews)
        assert texts == [
            Author.objects.get(pk=1).name,
            Publisher.objects.get(pk=1).name,
            "Fiction",
            Book.objects.get(pk=1).title,
            f"Copy 1 on shelf {Copy.objects.get(pk=1).shelf}",
            Customer.objects.get(pk=1).name,
            "Order 1",
            "Loan 1",
        ]


class TestInventory:
    def test_tables_are_all_models_parents_first(self) -> None:
        assert set(MODELS) == set(apps.get_app_config("bookshop").get_models())
        for place, model in enumerate(MODELS):
            parents = {f.related_model for f in model._meta.concrete_fields if f.related_model}
            assert parents <= {*MODELS[: place + 1]}

    def test_load_fills_an_empty_shop_once(self) -> None:
        assert inventory.load_fixture() is True
        assert inventory.load_fixture() is False
        assert inventory.count_rows().books == 150

    def test_load_leaves_a_generated_shop_alone(self, shop: None) -> None:
        before = inventory.count_rows()
        assert inventory.load_fixture() is False
        assert inventory.count_rows() == before

    def test_load_into_a_shop_with_other_rows_is_refused(self) -> None:
        Publisher.objects.create(name="Own Press", city="Oslo")
        with pytest.raises(KataError) as error:
            inventory.load_fixture()
        assert str(error.value) == (
            "The bookshop has other rows but no books; loading would overwrite them.\n"
            "Run `python manage.py bookshop clear`, then `python manage.py bookshop load`."
        )

    def test_rows_saved_after_loading_get_fresh_keys(self) -> None:
        inventory.load_fixture()
        assert Copy.objects.create(book_id=1, shelf="A1").pk > 221

    def test_clear_deletes_every_row_and_counts_them(self, shop: None) -> None:
        before = inventory.count_rows()
        assert inventory.clear() == before
        assert inventory.count_rows() == EMPTY
        assert not Book.genres.through.objects.exists()

    def test_clear_costs_a_statement_a_table(self, shop: None) -> None:
        with CaptureQueriesContext(connection) as queries:
            inventory.clear()
        deletes = [query for query in queries if query["sql"].startswith("DELETE")]
        assert len(deletes) == len(MODELS) + 1

    def test_missing_tables_name_the_command_that_makes_them(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection.introspection, "table_names", lambda: ["django_migrations"])
        with pytest.raises(KataError) as error:
            inventory.require_tables()
        assert str(error.value) == (
            "The bookshop has no tables in this database.\nRun `python manage.py migrate`."
        )
