import re

import pytest
from django.test import TestCase
from parameterized import parameterized

from core.bookshop.generator import generate
from core.bookshop.models import Book, Copy, Customer, Genre, Loan, Order, OrderLine
from core.judge import budget, expect, growth, rng

from . import exercise


class ShopCase(TestCase):
    """A shop drawn from the seed; the lists are compared with what its tables hold."""

    @classmethod
    def setUpTestData(cls):
        generate(books=24, seed=rng("shop").randrange(10_000))


@pytest.mark.task(1)
class PackingList(ShopCase):
    @parameterized.expand([("ten", 10), ("one", 1)])
    def test_newest_lines_in_one_query(self, _, limit):
        expected = self.newest_lines()[:limit]
        call = f"packing_list({limit})"
        with budget(call, queries=1):
            got = exercise.packing_list(limit)
        expect(call, got, expected, "Newest order first; of one moment, the higher key first.")

    def test_a_longer_list_costs_the_same(self):
        growth(
            "packing_list(size)",
            make=lambda size: setattr(self, "size", size),
            do=lambda: exercise.packing_list(self.size),
        )

    def newest_lines(self):
        placed = dict(Order.objects.values_list("pk", "placed_at"))
        buyer = dict(Order.objects.values_list("pk", "customer__name"))
        title = dict(Book.objects.values_list("pk", "title"))
        publisher = dict(Book.objects.values_list("pk", "publisher__name"))
        lines = sorted(OrderLine.objects.all(), key=lambda line: (placed[line.order_id], line.pk))
        return [
            (buyer[line.order_id], title[line.book_id], publisher[line.book_id], line.quantity)
            for line in reversed(lines)
        ]


@pytest.mark.task(2)
class OpenLoans(ShopCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        out = Loan.objects.order_by("pk").values_list("pk", flat=True)[:12]
        Loan.objects.filter(pk__in=list(out)).update(back_at=None)

    @parameterized.expand([("two", 2), ("all", None)])
    def test_open_loans_in_one_query(self, _, keep):
        extra = list(Loan.objects.filter(back_at=None).order_by("pk"))[keep:] if keep else []
        for loan in extra:
            Loan.objects.filter(pk=loan.pk).update(back_at=loan.out_at)
        with budget("open_loans()", queries=1):
            got = exercise.open_loans()
        expect("open_loans()", got, self.loans_out(), "Only those with no back_at, by out_at.")

    def loans_out(self):
        name = dict(Customer.objects.values_list("pk", "name"))
        copies = {copy.pk: copy for copy in Copy.objects.all()}
        title = dict(Book.objects.values_list("pk", "title"))
        loans = sorted(Loan.objects.filter(back_at=None), key=lambda each: (each.out_at, each.pk))
        return [
            (
                name[loan.customer_id],
                title[copies[loan.copy_id].book_id],
                copies[loan.copy_id].shelf,
            )
            for loan in loans
        ]

    def test_no_table_that_is_not_shown(self):
        with budget("open_loans()", queries=1) as ledger:
            exercise.open_loans()
        tables = {table for sent in ledger for table in re.findall(r'"bookshop_(\w+)" ', sent.sql)}
        expect(
            "tables that open_loans() reads",
            sorted(tables),
            ["book", "copy", "customer", "loan"],
            "The list shows no author and no publisher: their columns are fetched for nothing.",
        )


@pytest.mark.task(3)
class GenrePaths(TestCase):
    @parameterized.expand([("small", 2), ("wide", 12)])
    def test_three_levels_in_one_query(self, _, width):
        random = rng("genres")
        expected = []
        for top in range(width):
            root = Genre.objects.create(name=f"Root {random.randrange(10**9)} {top}")
            child = Genre.objects.create(name=f"Child {random.randrange(10**9)}", parent=root)
            leaf = Genre.objects.create(name=f"Leaf {random.randrange(10**9)}", parent=child)
            names = [root.name, child.name, leaf.name]
            expected += [" / ".join(names[:depth]) for depth in (1, 2, 3)]
        with budget("genre_paths()", queries=1):
            got = exercise.genre_paths()
        expect("genre_paths()", got, sorted(expected), "A genre with no parent is a path too.")

    def test_genres_without_parents_stay(self):
        Genre.objects.create(name="Poetry")
        got = exercise.genre_paths()
        expect("genre_paths()", got, ["Poetry"], "A genre with no parent is a path of one name.")
