"""The generated shop: the same for the same seed, sensible at any size, few statements, all or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Avg, Count, F, Max, Min, Q, Sum
from django.test.utils import CaptureQueriesContext

from core.bookshop import bulk, words
from core.bookshop.generator import MOST_BOOKS, generate, plan
from core.bookshop.inventory import TABLES, Counts, clear, count_rows, load_fixture
from core.bookshop.isbn import is_valid
from core.bookshop.models import (
    Author,
    Book,
    Copy,
    Customer,
    Genre,
    Loan,
    Order,
    OrderLine,
    Review,
)
from core.bookshop.rows import root
from core.errors import KataError

pytestmark = pytest.mark.django_db

Links = Book.genres.through
SIZES = (4, 16, 64, 256)
# Made of the key, and so as far along as the key is.
MOVES = {"isbn", "email"}


def last_keys() -> dict[str, int]:
    return {name: bulk.last_pk(model, using="default") for name, model in TABLES.items()}


def rows_after(last: dict[str, int]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables with keys above `last`, their keys counted from there."""
    tables = {model: name for name, model in TABLES.items() if model is not Genre}

    def counted(field: Any, value: Any) -> Any:
        model = field.model if field.primary_key else field.related_model
        return value - last[tables[model]] if model in tables else value

    found = {}
    for model, name in tables.items():
        fields = [f for f in model._meta.concrete_fields if f.name not in MOVES]
        rows = model._default_manager.filter(pk__gt=last[name]).order_by("pk")
        found[name] = [
            tuple(counted(field, value) for field, value in zip(fields, row, strict=True))
            for row in rows.values_list(*(field.attname for field in fields))
        ]
    links = Links.objects.filter(book__gt=last["books"]).order_by("pk")
    found["links"] = [
        (book - last["books"], genre) for book, genre in links.values_list("book_id", "genre__name")
    ]
    return found


@contextmanager
def chunks_seen() -> Iterator[list[int]]:
    """The number of rows of every statement that writes many."""
    seen: list[int] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if many:
            seen.append(len(params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield seen


class TestSameness:
    def test_same_seed_and_size_give_the_same_rows(self) -> None:
        generate(books=64, seed=5)
        first = rows_after(dict.fromkeys(TABLES, 0))
        clear()
        generate(books=64, seed=5)
        assert rows_after(dict.fromkeys(TABLES, 0)) == first

    def test_another_seed_gives_other_rows_in_every_table(self) -> None:
        generate(books=64, seed=5)
        first = rows_after(dict.fromkeys(TABLES, 0))
        clear()
        generate(books=64, seed=6)
        second = rows_after(dict.fromkeys(TABLES, 0))
        assert [name for name in first if first[name] == second[name]] == []

    def test_same_rows_beside_the_shipped_books_and_beside_themselves(self) -> None:
        generate(books=16, seed=5)
        alone = rows_after(dict.fromkeys(TABLES, 0))
        clear()
        load_fixture()
        for _ in range(2):
            last = last_keys()
            generate(books=16, seed=5)
            assert rows_after(last) == alone
        assert not any(not is_valid(isbn) for isbn in Book.objects.values_list("isbn", flat=True))

    def test_first_rows_stay_what_they_are(self) -> None:
        """Katas quote them; a change here changes what learners see."""
        generate(books=4)
        books = Book.objects.order_by("pk").values_list("title", "year", "isbn", "price")
        assert list(books) == [
            ("The Atlas of Zanzibar", 1852, "9798000000014", Decimal("4.90")),
            ("The House of Venice", 1831, "9798000000021", Decimal("18.90")),
            ("The House and the Station", 1844, "9798000000038", Decimal("26.40")),
            ("Timbuktu: The Old Atlas", 1848, "9798000000045", Decimal("26.90")),
        ]
        customers = Customer.objects.order_by("pk").values_list("name", "email", "joined")
        assert list(customers) == [
            ("Sofia Müller", "sofia-muller.1@example.com", date(2021, 1, 2)),
            ("Ilse Moreau", "ilse-moreau.2@example.com", date(2022, 1, 10)),
        ]


class TestSense:
    @pytest.mark.parametrize("books", [1, 2, 3, 4, 7, 8, 16, 64, 256])
    def test_counts_are_as_planned_and_as_written(self, books: int) -> None:
        made = generate(books=books)
        assert made == count_rows()
        planned = plan(books)
        if books >= 8:
            assert made == planned
        else:
            assert planned.lines >= made.lines >= made.orders

    def test_plan_of_a_hundred_thousand_books_has_a_million_lines(self) -> None:
        assert plan(100_000) == Counts(
            authors=20_000,
            publishers=200,
            genres=25,
            books=100_000,
            copies=100_000,
            customers=50_000,
            orders=300_000,
            lines=1_000_000,
            reviews=300_000,
            loans=50_000,
        )

    @pytest.mark.parametrize("books", [1, 4, 64])
    def test_every_row_passes_its_own_validation(self, books: int) -> None:
        generate(books=books)
        for model in TABLES.values():
            for row in model._default_manager.all():
                row.full_clean(validate_unique=False)

    @pytest.mark.parametrize("books", [1, 4, 256])
    def test_all_relations_lead_somewhere(self, books: int) -> None:
        generate(books=books)
        connection.check_constraints()
        assert not Order.objects.filter(lines=None)
        assert not Book.objects.filter(genres=None)
        assert not Links.objects.values("book", "genre").annotate(n=Count("pk")).filter(n__gt=1)

    def test_moments_and_prices_are_possible(self) -> None:
        generate(books=256)
        assert not Order.objects.filter(placed_at__date__lt=F("customer__joined"))
        assert not OrderLine.objects.filter(unit_price__gt=F("book__price"))
        assert not OrderLine.objects.filter(unit_price__lte=0)
        assert not Book.objects.filter(Q(year__lt=F("author__born") + 20) | Q(year__gt=1928))
        opened, closed = datetime(2023, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
        for model, field in ((Order, "placed_at"), (Review, "written_at"), (Loan, "out_at")):
            span = model._default_manager.aggregate(first=Min(field), last=Max(field))
            assert opened <= span["first"] < span["last"] < closed

    def test_no_copy_is_out_twice_at_a_time(self) -> None:
        generate(books=256)
        twice = Loan.objects.filter(
            Q(back_at=None) | Q(back_at__gt=F("copy__loans__out_at")),
            copy__loans__pk__gt=F("pk"),
        )
        assert not twice
        assert 0 < Loan.objects.filter(back_at=None).count() < 64

    def test_few_books_sell_much_and_the_best_is_not_the_first(self) -> None:
        generate(books=256)
        sold = Book.objects.annotate(sold=Sum("order_lines__quantity")).order_by(F("sold").desc())
        amounts = [book.sold or 0 for book in sold]
        assert sum(amounts[:25]) > sum(amounts) / 4
        assert [book.pk for book in sold[:10]] != list(range(1, 11))
        authors = Author.objects.annotate(n=Count("books")).order_by("-n")
        assert [author.pk for author in authors[:3]] != [1, 2, 3]
        assert len(set(amounts[:5])) > 1

    def test_some_rows_have_nothing_to_join(self) -> None:
        generate(books=256)
        assert Author.objects.filter(books=None).exists()
        assert Customer.objects.filter(orders=None).exists()
        assert Book.objects.filter(reviews=None).exists()
        assert Copy.objects.filter(loans=None).exists()
        assert Book.objects.filter(stock=0).exists()

    def test_readers_like_some_books_better(self) -> None:
        generate(books=256)
        averages = Book.objects.annotate(stars=Avg("reviews__stars"), n=Count("reviews"))
        much_read = [book.stars for book in averages.filter(n__gte=5)]
        assert max(much_read) - min(much_read) > 1.5
        assert set(Review.objects.values_list("stars", flat=True)) == {1, 2, 3, 4, 5}

    def test_genres_of_a_book_are_of_one_branch(self) -> None:
        generate(books=64)
        for book in Book.objects.prefetch_related("genres"):
            assert len({root(genre.name) for genre in book.genres.all()}) == 1

    def test_genres_that_are_there_are_used_again(self) -> None:
        own = Genre.objects.create(name="Crime")
        made = generate(books=64)
        assert made.genres == len(words.GENRES) - 1
        assert own.books.exists()
        assert generate(books=4).genres == 0


class TestCost:
    def test_small_shops_cost_the_same_number_of_statements(self) -> None:
        generate(books=1)
        counts = {}
        for books in SIZES:
            with CaptureQueriesContext(connection) as queries:
                generate(books=books)
            counts[books] = len(queries)
        # The highest key of twelve tables, the genres, ten inserts, and two around the savepoint.
        # PostgreSQL's sequences are moved on: one of each table that was written to.
        sequences = 11 if connection.vendor == "postgresql" else 0
        assert counts == dict.fromkeys(SIZES, 25 + sequences)

    def test_no_more_than_a_chunk_of_rows_is_held(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bulk, "CHUNK", 50)
        with chunks_seen() as chunks:
            made = generate(books=64)
        assert max(chunks) == 50
        assert len(chunks) >= made.total / 50

    def test_rows_are_made_as_they_are_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing reads a table's rows ahead of the chunk that is being written."""
        monkeypatch.setattr(bulk, "CHUNK", 10)
        taken = 0

        def rows() -> Iterator[bulk.Row]:
            nonlocal taken
            for pk in range(1, 101):
                taken += 1
                yield pk, f"Reader {pk}", f"reader{pk}@example.com", date(2024, 1, 1)

        ahead: list[int] = []
        written = 0

        def heard(count: int) -> None:
            nonlocal written
            written += count
            ahead.append(taken - written)

        assert bulk.insert(Customer, rows(), using="default", progress=heard) == 100
        assert ahead == [0] * 10

    def test_progress_hears_of_every_row(self) -> None:
        heard: list[int] = []
        made = generate(books=64, progress=heard.append)
        assert sum(heard) == made.total - made.genres


class TestAllOrNone:
    def test_an_interrupt_leaves_nothing_behind(self) -> None:
        before = count_rows()

        def interrupt(rows: int) -> None:
            if count_rows().lines:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            generate(books=64, progress=interrupt)
        assert count_rows() == before
        assert not Links.objects.exists()

    @pytest.mark.parametrize("books", [0, -1, MOST_BOOKS + 1])
    def test_impossible_sizes_are_refused_before_a_query(self, books: int) -> None:
        with CaptureQueriesContext(connection) as queries, pytest.raises(KataError) as error:
            generate(books=books)
        assert str(error.value) == (
            f"A shop cannot have {books:,} books: give a number from 1 to 5,000,000.\n"
            "Run `python manage.py bookshop --books 1000`."
        )
        assert len(queries) == 0
