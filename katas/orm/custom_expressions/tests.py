import pytest
from django.db import connection
from django.db.models import F, Min, Q, Value
from django.db.models.functions import Concat
from django.test import TestCase
from parameterized import parameterized

from core.judge import budget, expect, rng
from core.judge.rows import rows_at_most

from . import exercise
from .shop import Shop, answered, called, split

random = rng("shop")
A, B, C = sorted(random.sample(["Austen", "Dumas", "Eliot", "Gaskell", "Scott", "Verne"], 3))
T, U, V = random.sample(["Emma", "Ivanhoe", "Lilith", "Persuasion", "Villette"], 3)
OLD, NEW = sorted(random.sample(range(1800, 1900), 2))

ALL = "All values of the group are there, equal ones too, with the separator between them."
NONE = "A group without values has no text: it is None, unless `default` says otherwise."
VENDORS = "GROUP_CONCAT is SQLite's, STRING_AGG is PostgreSQL's: one class has to know both."
DATA = (
    "The separator is data: as an argument by Value() it is a parameter, in a template it is SQL."
)
TYPES = "STRING_AGG of PostgreSQL takes text alone, GROUP_CONCAT of SQLite anything: cast it."
OPTIONS = "It takes what every aggregate takes: leave that to the as_sql of Aggregate."
# Titles of one author.
TITLES = [("two", [T, U]), ("three", [V, T, U]), ("one", [T]), ("equal", [T, T])]
SEPARATORS = [
    ("of_two_signs", "; "),
    ("none", ""),
    ("quote", "'"),
    ("double_quote", '"'),
    ("backslash", "\\"),
    ("percent", "%"),
    ("placeholder", "%s"),
    ("name", "%(expressions)s"),
    ("injection", "' || (SELECT MAX(city) FROM bookshop_publisher) || '"),
    ("comment", "') FROM bookshop_author --"),
]


@pytest.mark.task(1)
class Joined(Shop, TestCase):
    def expect_parts(self, call, aggregate, separator, expected, because):
        got = self.found(aggregate)
        if isinstance(got, dict):
            got = {name: split(text, separator) for name, text in got.items()}
        expect(f"{call} of each author, split", got, expected, because)

    @parameterized.expand(TITLES)
    def test_titles(self, _, titles):
        self.books(A, *({"title": title} for title in titles))
        self.books(B, {"title": V})
        call, expected = 'Joined("books__title")', {A: sorted(titles), B: [V]}
        joined = lambda: exercise.Joined("books__title")  # noqa: E731
        self.expect_parts(call, joined, ", ", expected, f"{ALL} {VENDORS}")

    @parameterized.expand(SEPARATORS)
    def test_separator(self, _, separator):
        self.books(A, {"title": T, "year": OLD}, {"title": U, "year": NEW})
        got = self.found(lambda: exercise.Joined("books__title", separator))
        call, either = (
            f'Joined("books__title", {separator!r})',
            (T + separator + U, U + separator + T),
        )
        got = either[0] if got == {A: either[1]} else got.get(A) if isinstance(got, dict) else got
        expect(f"{call} of {T} and {U}, in any order", got, either[0], DATA)

    def test_numbers(self):
        self.books(A, {"title": T, "year": OLD}, {"title": U, "year": NEW})
        call = 'Joined("books__year", separator="/")'
        years = lambda: exercise.Joined("books__year", separator="/")  # noqa: E731
        self.expect_parts(call, years, "/", {A: [str(OLD), str(NEW)]}, TYPES)

    def test_expression(self):
        self.books(A, {"title": T, "year": OLD}, {"title": U, "year": NEW})
        title = Concat("books__title", Value(" of "), F("books__publisher__name"))
        expected = {A: sorted([f"{T} of Press", f"{U} of Press"])}
        call = 'Joined(Concat("books__title", Value(" of "), "books__publisher__name"))'
        self.expect_parts(call, lambda: exercise.Joined(title), ", ", expected, DATA)

    @parameterized.expand([("none", {}, None), ("default", {"default": "-"}, "-")])
    def test_without_values(self, _, options, expected):
        self.books(A)
        got = self.found(lambda: exercise.Joined("books__title", **options))
        call = called('Joined("books__title"', options)
        expect(f"{call} of an author without books", got, {A: expected}, NONE)

    def test_filter(self):
        self.books(A, {"title": T, "year": OLD}, {"title": U, "year": NEW})
        old = Q(books__year=OLD)
        got = self.found(lambda: exercise.Joined("books__title", filter=old))
        call = f'Joined("books__title", filter=Q(books__year={OLD})) of {T} ({OLD}), {U} ({NEW})'
        expect(call, got, {A: T}, OPTIONS)


MIDDLE = "Half of the values are below the median, half above: no mean of all, and not one of two."
REFUSE = "SQLite has no median: say so by NotSupportedError, before a wrong number or broken SQL."
LOW, MID, HIGH, TOP = (price / 4 for price in sorted(random.sample(range(4, 200), 4)))
PRICES = [
    ("odd", [HIGH, LOW, MID], MID),
    ("odd_far_apart", [HIGH + 900, MID, LOW], MID),
    ("even", [TOP, HIGH, LOW, MID], (MID + HIGH) / 2),
    ("equal", [LOW, LOW, HIGH], LOW),
    ("none", [], None),
]


@pytest.mark.task(2)
class Median(Shop, TestCase):
    def expect_median(self, prices, expected, because=MIDDLE, **options):
        def aggregate():
            return exercise.Median("books__price", **options)

        call = called('Median("books__price"', options)
        self.books(A, *({"title": T, "price": price} for price in prices))
        self.books(B, {"title": T, "price": TOP})
        if connection.vendor == "postgresql":
            got = self.found(aggregate)
            got = got.get(A) if isinstance(got, dict) else got
            expect(f"{call} of {prices}", got, expected, because)
            return
        got = self.found(aggregate)
        got = got.partition(":")[0] if isinstance(got, str) else got
        expect(f"{call} on SQLite", got, "NotSupportedError", REFUSE)

    @parameterized.expand(PRICES)
    def test_prices(self, _, prices, expected):
        self.expect_median(prices, expected)

    def test_filter(self):
        cheap = Q(books__price__lt=HIGH)
        self.expect_median([TOP, HIGH, LOW], LOW, OPTIONS, filter=cheap)

    def test_default(self):
        self.expect_median([], LOW, OPTIONS, default=LOW)


HEADING = "A heading is text for people: keep it out of the query, and use an alias of your own."
EVERY = "Every author has a row, in the order of the name, also without books."
NAMES = "Two authors of one name are two rows, the higher key first."
HEADINGS = [
    ("words", "Oldest book"),
    ("field", "country"),
    ("relation", "books"),
    ("quote", 'The "oldest"'),
    ("percent", "100% oldest"),
    ("injection", 'x" FROM bookshop_author; --'),
    ("empty", ""),
]


@pytest.mark.task(3)
class Catalogue(Shop, TestCase):
    heading = "oldest"

    def ask(self):
        return answered(lambda: exercise.catalogue(self.heading, Min("books__year")))

    def expect_rows(self, rows, because):
        call = f'catalogue({self.heading!r}, Min("books__year"))'
        expected = [{"author": name, self.heading: year} for name, year in rows]
        expect(call, self.ask(), expected, because)

    @parameterized.expand(HEADINGS)
    def test_heading(self, _, heading):
        self.heading = heading
        self.books(A, {"title": T, "year": NEW}, {"title": U, "year": OLD})
        self.expect_rows([(A, OLD)], HEADING)

    def test_every_author(self):
        for name, years in {C: [OLD], A: [NEW], B: []}.items():
            self.books(name, *({"title": T, "year": year} for year in years))
        self.expect_rows([(A, NEW), (B, None), (C, OLD)], EVERY)

    def test_equal_names(self):
        for year in (OLD, NEW):
            self.books(A, {"title": T, "year": year})
        self.expect_rows([(A, NEW), (A, OLD)], NAMES)

    def test_what_it_costs(self):
        def fill(size):
            for n in range(size):
                self.books(f"{A} {n}", {"title": T}, {"title": U})

        fill(5)
        call = 'catalogue("oldest", Min("books__year"))'
        because = "One row an author: what the aggregate makes of the books, not the books."
        with rows_at_most(call, 5, because=because), budget(call, queries=1):
            self.ask()
