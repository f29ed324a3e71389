import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat
from django.test import TestCase
from parameterized import parameterized

from core.bookshop.models import Author, Book, Customer, Publisher, Review
from core.judge import budget, expect, growth, rng
from core.judge.effort import effort
from core.judge.plan import expect_plan

from . import exercise  # noqa: F401 - its lookups register themselves
from .shop import Shop, answered

random = rng("shop")
WORDS = ["and", "cat", "deep", "of", "sea", "tale", "the"]


def phrase(words):
    return " ".join(random.choices(WORDS, k=words))


COUNT = "Of n words there are n - 1 spaces, and a count is a number: compare it as one."
NONE = "An empty text has no words, and not one."
NUMBER = "A count is a number: say what the transform gives, or 10 is compared as a text."
# Numbers of words in the titles; the lookup; those that it finds.
FILTERS = [
    ("equal", [1, 2, 3, 3], {"title__word_count": 3}, [3, 3], COUNT),
    ("one_word", [1, 2], {"title__word_count": 1}, [1], COUNT),
    ("empty", [0, 1], {"title__word_count": 0}, [0], NONE),
    ("at_least", [0, 4, 5, 6], {"title__word_count__gte": 5}, [5, 6], COUNT),
    ("two_digits", [2, 9, 10, 11], {"title__word_count__lt": 10}, [2, 9], NUMBER),
    ("one_of", [1, 2, 3, 4], {"title__word_count__in": [2, 4]}, [2, 4], NUMBER),
]
ORDER = "A transform can be ordered by, and gives numbers."
TEXT = "TextField is not a kind of CharField: a lookup is registered for each."
OFTEN = "Where the text stands in your SQL more than once, so do its parameters."
WHOLE = "What is done with the count is done with all of it: put your SQL in brackets."


@pytest.mark.task(1)
class WordCount(Shop, TestCase):
    @parameterized.expand(FILTERS)
    def test_filter(self, _, sizes, lookup, expected, because):
        self.books(*({"title": phrase(size)} for size in random.sample(sizes, len(sizes))))
        call = ", ".join(f"{name}={value}" for name, value in lookup.items())
        got = answered(lambda: list(Book.objects.filter(**lookup).values_list("title", flat=True)))
        got = got if isinstance(got, str) else sorted(len(title.split()) for title in got)
        expect(f"words in titles of Book.objects.filter({call})", got, expected, because)

    def test_order(self):
        self.books(*({"title": phrase(size)} for size in (9, 2, 11, 0)))
        rows = Book.objects.order_by("title__word_count").values_list(
            "title__word_count", flat=True
        )
        call = 'Book.objects.order_by("title__word_count"), their counts'
        expect(call, answered(lambda: list(rows)), [0, 2, 9, 11], ORDER)

    def test_text_field(self):
        (book,) = self.books({"title": "Emma"})
        for size in (0, 2, 3):
            Review.objects.create(book=book, customer=self.customer, stars=1, text=phrase(size))
        rows = Review.objects.filter
        call = "number of Review.objects.filter(text__word_count__lt=3)"
        expect(call, answered(lambda: rows(text__word_count__lt=3).count()), 2, TEXT)

    def test_expression_with_parameters(self):
        self.books({"title": phrase(3)})
        title = Concat("title", Value(" by "), "author__name", Value(" and others"))
        books = Book.objects.annotate(full=title).filter(full__word_count=7)
        call = 'number of books with full__word_count=7, full=Concat("title", Value(" by "), …)'
        expect(call, answered(books.count), 1, OFTEN)

    def test_part_of_an_expression(self):
        self.books({"title": phrase(4)})
        books = Book.objects.annotate(pages=F("title__word_count") * 10)
        got = answered(lambda: list(books.values_list("pages", flat=True)))
        expect('F("title__word_count") * 10 of a title of 4 words', got, [40], WHOLE)


ALIKE = "Alike are names with the same skeleton: in small letters, without the silent ones."
DATA = "A value is data: what process_rhs() gives is a placeholder, and its parameters go along."
SIDES = "The right side may be a column or a query as well: let process_rhs() make its SQL."
PLACES = "Parameters go in the order of their placeholders: first those of the left side."
CITY = random.choice(["Bergen", "Cork", "Lyon"])
# The name that is asked for, names that it finds, names that it does not.
SOUNDS = [
    ("alike", "Meyer", ["Maier", "Mayer", "Meier", "Meyer"], ["Mayers", "Emmer"], ALIKE),
    ("capitals", "TOLSTOY", ["Tolstoi", "tolstoy"], ["Tolstov", "Tall"], ALIKE),
    ("silent", "Howey", ["Hay", "Ew"], ["Hob"], ALIKE),
    ("quote", "O'Brien", ["O'Brian", "o'bryan"], ["OBrien"], DATA),
    ("two_quotes", "Mey'||'er", [], ["Meyer", "Maier"], DATA),
    ("injection", "'||(SELECT MAX(city) FROM bookshop_publisher)||'", [], [CITY], DATA),
    ("percent", "100%s", ["100%s"], ["100s", "Kim"], DATA),
]


@pytest.mark.task(2)
class SoundsLike(Shop, TestCase):
    def names(self, authors):
        return answered(lambda: sorted(authors.values_list("name", flat=True)))

    @parameterized.expand(SOUNDS)
    def test_name(self, _, name, found, others, because):
        Publisher.objects.update(city=CITY)
        Author.objects.bulk_create(Author(name=each) for each in (*found, *others))
        with budget(call := f"Author.objects.filter(name__sounds_like={name!r})", queries=1):
            got = self.names(Author.objects.filter(name__sounds_like=name))
        expect(f"names of {call}", got, sorted(found), because)

    def test_column(self):
        Publisher.objects.update(name="Inon")
        (book,) = self.books({"title": "Emma"})
        books = Book.objects.filter(author__name__sounds_like=F("publisher__name"))
        call = 'titles of filter(author__name__sounds_like=F("publisher__name")), Anon and Inon'
        got = answered(lambda: [each.title for each in books])
        expect(call, got, [book.title], SIDES)

    def test_query(self):
        Author.objects.bulk_create(Author(name=name) for name in ("Kam", "Kem", "Tim"))
        namesakes = Customer.objects.filter(name__sounds_like=OuterRef("name"))
        call = 'authors whom a customer called "Kim" sounds like, by Exists and OuterRef'
        got = self.names(Author.objects.filter(Exists(namesakes)))
        expect(call, got, ["Kam", "Kem"], SIDES)

    def test_both_sides_with_parameters(self):
        Author.objects.bulk_create(Author(name=name) for name in ("Meyer", "Mayo"))
        authors = Author.objects.annotate(full=Concat(Value("Dr "), "name"))
        call = 'names of filter(full__sounds_like="Dr Maier"), full=Concat(Value("Dr "), "name")'
        expect(call, self.names(authors.filter(full__sounds_like="Dr Maier")), ["Meyer"], PLACES)


C = random.randrange(3, 20)
LAST = "A century ends with its hundredth year: the 19th is 1801 to 1900."
FIRST = "The first century begins with the year 1: what was before is not in it."
BOTH = "Each side may be more than a column and a number: its parameters go with it, each time."
ALONE = "An index is in the order of its column: leave that alone, and reckon on the other side."
YEARS = [
    ("bounds", C, [100 * C - 99, 100 * C], [100 * C - 100, 100 * C + 1], LAST),
    ("the_first", 1, [1, 57, 100], [0, -1, -57, -100, 101], FIRST),
    ("the_second", 2, [101, 200], [100, 201, -101, -200], LAST),
]


@pytest.mark.task(3)
class Century(Shop, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        connection.cursor().execute("CREATE INDEX book_year ON bookshop_book (year)")

    @parameterized.expand(YEARS)
    def test_years(self, _, century, found, others, because):
        self.books(*({"title": f"{year}", "year": year} for year in (*found, *others)))
        books = Book.objects.filter(year__century=century)
        got = answered(lambda: sorted(books.values_list("year", flat=True)))
        expect(f"years of Book.objects.filter(year__century={century})", got, found, because)

    def test_column(self):
        numbers = [C, C + 1, C - 1]
        self.books(*({"title": f"{n}", "year": 100 * C, "stock": n} for n in numbers))
        books = Book.objects.filter(year__century=F("stock"))
        call = f'stock of filter(year__century=F("stock")), year {100 * C}, stock {numbers}'
        got = answered(lambda: list(books.values_list("stock", flat=True)))
        expect(call, got, [C], BOTH)

    def test_expressions_with_parameters(self):
        self.books(*({"title": f"{n}", "year": n, "stock": C} for n in (100 * C, 100 * C + 1)))
        books = Book.objects.annotate(later=F("year") + 300).filter(later__century=F("stock") + 3)
        call = f'years of filter(later__century=F("stock") + 3), later=F("year") + 300, stock {C}'
        got = answered(lambda: list(books.values_list("year", flat=True)))
        expect(call, got, [100 * C], BOTH)

    def test_plan(self):
        books = Book.objects.filter(year__century=C)
        call = f"Book.objects.filter(year__century={C}), with an index on year"
        expect_plan(call, books, uses="book_year", scans=False, because=ALONE)

    def test_other_centuries_cost_nothing(self):
        self.books({"title": "Emma", "year": 100 * C})
        with effort() as spent:
            growth(
                f"Book.objects.filter(year__century={C}), one book in a growing shop",
                make=lambda size: self.books(*[{"title": "Old", "year": -5}] * size),
                do=lambda: answered(lambda: list(Book.objects.filter(year__century=C))),
                count=lambda: spent.steps,
                unit="steps of the database",
                because=ALONE,
            )
