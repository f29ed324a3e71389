"""The bookshop, generated as many katas have it."""

import pytest
from django.test import TestCase
from parameterized import parameterized

from core.bookshop.generator import generate
from core.bookshop.models import Book
from core.judge import budget, expect


@pytest.mark.task(3)
class InTheShop(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        generate(books=12, seed=1)

    @parameterized.expand([(f"round {n}",) for n in range(3)])
    def test_reads(self, name: str) -> None:
        with budget("books", queries=2):
            books = Book.objects.select_related("author", "publisher").prefetch_related("genres")
            expect("books", len([(b.author.name, list(b.genres.all())) for b in books]), 12)
