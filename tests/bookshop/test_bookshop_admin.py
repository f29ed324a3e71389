"""The shop's lists and forms in the admin, and what they cost."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.bookshop.generator import generate
from core.bookshop.inventory import TABLES
from core.bookshop.models import Book, Order, OrderLine

pytestmark = pytest.mark.django_db

MODELS = list(TABLES.values())


@pytest.fixture
def shop() -> None:
    generate(books=64)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


class TestAdmin:
    @pytest.mark.parametrize("model", MODELS, ids=list(TABLES))
    def test_list_costs_the_same_few_queries_for_any_number_of_rows(
        self, staff: Client, model: type[Model]
    ) -> None:
        url = reverse(f"admin:bookshop_{model._meta.model_name}_changelist")
        generate(books=8)
        staff.get(url)
        with CaptureQueriesContext(connection) as few:
            assert staff.get(url).status_code == 200
        generate(books=64)
        with CaptureQueriesContext(connection) as many:
            assert staff.get(url).status_code == 200
        assert len(many) == len(few)
        # Session, user, count, page; a filter over a relation has one of its own.
        assert len(many) <= 5

    def test_list_shows_counts_and_averages(self, staff: Client, shop: None) -> None:
        book = Book.objects.get(pk=1)
        book.reviews.all().delete()
        order = Order.objects.get(pk=1)
        total = sum(line.quantity * line.unit_price for line in order.lines.all())
        titles = f"{reverse('admin:bookshop_book_changelist')}?q={book.isbn}"
        assert "no reviews" in staff.get(titles).content.decode()
        orders = f"{reverse('admin:bookshop_order_changelist')}?id=1"
        assert f'<td class="field-total">{total:.2f}</td>' in staff.get(orders).content.decode()

    @pytest.mark.parametrize("model", MODELS, ids=list(TABLES))
    def test_list_can_be_searched_and_sorted_by_every_column(
        self, staff: Client, shop: None, model: type[Model]
    ) -> None:
        name = model._meta.model_name
        columns = len(admin.site._registry[model].list_display)
        for column in range(1, columns + 1):
            answer = staff.get(
                reverse(f"admin:bookshop_{name}_changelist"), {"o": column, "q": "a"}
            )
            assert answer.status_code == 200

    @pytest.mark.parametrize("model", MODELS, ids=list(TABLES))
    def test_form_costs_few_queries_whatever_it_refers_to(
        self, staff: Client, shop: None, model: type[Model]
    ) -> None:
        name = model._meta.model_name
        url = reverse(f"admin:bookshop_{name}_change", args=[1])
        with CaptureQueriesContext(connection) as queries:
            answer = staff.get(url)
        assert answer.status_code == 200
        assert len(queries) <= 10
        # A drop-down of all books or customers would be longer than the page.
        assert answer.content.decode().count("<option") < 15

    def test_order_shows_its_lines_and_takes_no_new_ones(self, staff: Client, shop: None) -> None:
        line = OrderLine.objects.select_related("book").first()
        assert line
        page = staff.get(reverse("admin:bookshop_order_change", args=[line.order_id]))
        assert line.book.title in page.content.decode()
        assert "lines-0-quantity" not in page.content.decode()
