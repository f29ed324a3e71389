"""The rows that ship with the workspace: right, complete, and fit for every query."""

import json
from collections import Counter
from itertools import groupby, pairwise

from django.db.models import Count, F, Q
from django.test import TestCase

from core.bookshop import words
from core.bookshop.inventory import FIXTURE, TABLES, Counts, count_rows, load_fixture
from core.bookshop.isbn import is_valid
from core.bookshop.models import Author, Book, Customer, Genre, Loan, Order, OrderLine, Review

SHIPPED = Counts(
    authors=85,
    publishers=11,
    genres=25,
    books=150,
    copies=221,
    customers=26,
    orders=80,
    lines=247,
    reviews=200,
    loans=60,
)
MODELS = list(TABLES.values())


class TestShippedBooks(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        load_fixture()

    def test_counts(self) -> None:
        assert count_rows() == SHIPPED
        assert SHIPPED.total == 1_105

    def test_isbns_are_valid_and_outside_the_generated_range(self) -> None:
        isbns = list(Book.objects.values_list("isbn", flat=True))
        assert [isbn for isbn in isbns if not is_valid(isbn) or not isbn.startswith("978")] == []

    def test_every_book_has_author_publisher_genre_and_a_price(self) -> None:
        lacking = Book.objects.filter(
            Q(author=None) | Q(publisher=None) | Q(genres=None) | Q(price__lte=0) | Q(title="")
        )
        assert list(lacking) == []

    def test_years_lie_between_the_birth_of_the_author_and_1929(self) -> None:
        impossible = Book.objects.filter(
            Q(year__gte=1929)
            | Q(year__lte=F("author__born") + 10)
            | Q(year__gt=F("author__born") + 90)
        )
        assert list(impossible) == []

    def test_works_are_listed_once_and_every_author_wrote_one(self) -> None:
        assert not Book.objects.values("title", "author").annotate(n=Count("pk")).filter(n__gt=1)
        assert not Author.objects.filter(books=None)
        assert not Author.objects.filter(Q(country="") | Q(name=""))

    def test_books_come_from_thirty_countries(self) -> None:
        assert Author.objects.values("country").distinct().count() >= 30

    def test_genres_are_the_tree_that_the_generator_plants(self) -> None:
        tree = dict(Genre.objects.order_by("pk").values_list("name", "parent__name"))
        assert tree == words.GENRES

    def test_orders_have_lines_with_prices_and_all_statuses(self) -> None:
        assert not Order.objects.filter(lines=None)
        assert not OrderLine.objects.filter(unit_price__lte=0)
        assert Counter(Order.objects.values_list("status", flat=True)) == {
            "shipped": 52,
            "paid": 10,
            "pending": 7,
            "cancelled": 6,
            "returned": 5,
        }

    def test_nobody_orders_reviews_or_borrows_before_joining(self) -> None:
        assert not Order.objects.filter(placed_at__date__lt=F("customer__joined"))
        assert not Review.objects.filter(written_at__date__lt=F("customer__joined"))
        assert not Loan.objects.filter(out_at__date__lt=F("customer__joined"))

    def test_moments_lie_in_2023_to_2025(self) -> None:
        moments = [
            *Order.objects.values_list("placed_at", flat=True),
            *Review.objects.values_list("written_at", flat=True),
            *Loan.objects.values_list("out_at", flat=True),
            *Loan.objects.filter(back_at__isnull=False).values_list("back_at", flat=True),
        ]
        assert {moment.year for moment in moments if moment} == {2023, 2024, 2025}

    def test_no_copy_is_out_twice_at_a_time_and_some_are_out(self) -> None:
        loans = Loan.objects.order_by("copy", "out_at")
        for _, of_copy in groupby(loans, key=lambda loan: loan.copy_id):
            spans = list(of_copy)
            for earlier, later in pairwise(spans):
                assert earlier.back_at
                assert earlier.back_at <= later.out_at
        assert loans.filter(back_at=None).count() == 10

    def test_some_rows_have_nothing_to_join(self) -> None:
        """What an inner join would lose."""
        assert Customer.objects.filter(orders=None).count() == 4
        assert Book.objects.filter(reviews=None).exists()
        assert Book.objects.filter(copies=None).exists()
        assert Genre.objects.filter(books=None).exists()
        assert Author.objects.filter(born=None).count() == 2
        assert Review.objects.filter(text="").exists()

    def test_every_row_passes_its_own_validation(self) -> None:
        for model in MODELS:
            for row in model._default_manager.all():
                row.full_clean(validate_unique=False)

    def test_file_has_an_object_a_line_sorted_by_table_and_key(self) -> None:
        first, *lines, last = FIXTURE.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line.removesuffix(",")) for line in lines]
        tables = [model._meta.label_lower for model in MODELS]
        places = [(tables.index(row["model"]), row["pk"]) for row in rows]
        assert (first, last) == ("[", "]")
        assert places == sorted(set(places))
