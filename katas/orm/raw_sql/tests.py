import pytest
from django.db import connection
from django.test import TestCase
from parameterized import parameterized

from core.bookshop.models import Book, Genre
from core.judge import budget, expect, expect_raises, growth, rng
from core.judge.effort import effort
from core.judge.rows import rows_at_most

from . import exercise
from .shop import Shop, answered, plant

random = rng("shop")
T, U, V = sorted(random.sample(["Emma", "Ivanhoe", "Lilith", "Persuasion", "Villette"], 3))
OLD, MID, NEW = sorted(random.sample(range(1800, 1900), 3))
NAMES = ["Crime", "Drama", "Essays", "Gothic", "History", "Music", "Travel"]
G, I1, I2, O1, O2, *two = random.sample(NAMES, len(NAMES))
H, L = sorted(two)
QUOTE = random.choice(["Children's", "Poets' Lives", "O'Clock' OR 1=1 --"])


WITHIN = "All books with the text in their title, and no others."
CASE = (
    "Capital or small, in the title or in the text: LIKE differs in it from database to database."
)
PARAMETER = "The text is data: as a parameter it is never read as SQL."
LIKE = "To LIKE, % and _ stand for any signs; here each sign stands for itself."
PYTHON = (
    "Where there are parameters, a percent sign of your own SQL is written twice; theirs are not."
)
# The text, titles that it finds, titles that it does not.
TEXTS = [
    ("within", "sea", ["A sea", "Overseas", "sea"], ["See", "As eagles"], WITHIN),
    ("small_letters", "sea", ["The Sea"], ["A Lake"], CASE),
    ("capital_letters", "SEA", ["The Sea", "sea"], ["A Lake"], CASE),
    ("quote", "O'B", ["Mr O'Brien"], ["Mr OB"], PARAMETER),
    ("always_true", "' OR '1'='1", [], [T, U], PARAMETER),
    ("comment", "x' OR 1=1 --", [], [T, U], PARAMETER),
    ("union", "' UNION SELECT name, 1 FROM bookshop_author --", [], [T], PARAMETER),
    ("percent", "0%", ["100% Wool"], ["100 Wool"], LIKE),
    ("underscore", "a_b", ["a_b c"], ["a-b c", "axb"], LIKE),
    ("backslash", "c\\d", ["abc\\def"], ["abcd", "abc%d"], LIKE),
    ("placeholder", "%s", ["50%s"], ["50s", T], PYTHON),
]
YEAR, PRICE = [(U, OLD), (T, MID), (V, NEW)], [(V, NEW), (T, MID), (U, OLD)]
SORTED = "In the order that is asked for, equal values with the higher key first."
ORDERS = [
    ("by_title", "title", [(T, MID), (U, OLD), (V, NEW)]),
    ("by_year", "year", [(U, OLD), (T, MID), (V, NEW)]),
    ("by_price", "price", [(V, NEW), (T, MID), (U, OLD)]),
]
CHOICE = "A column is no value: only the three that are named may come into the SQL."
NO_ORDERS = [
    ("another_column", "stock"),
    ("downwards", "-year"),
    ("capital", "TITLE"),
    ("statement", "title; DELETE FROM bookshop_review"),
    ("question", "(SELECT MIN(name) FROM bookshop_author)"),
    ("empty", ""),
]


@pytest.mark.task(1)
class Search(Shop, TestCase):
    @parameterized.expand(TEXTS)
    def test_text(self, _, text, found, others, because):
        self.books(*random.sample(found + others, len(found + others)))
        got = answered(exercise.search, text, "title")
        got = got if isinstance(got, str) else sorted(title for title, _ in got)
        expect(f"titles of search({text!r}, 'title')", got, sorted(found), because)

    @parameterized.expand(ORDERS)
    def test_order(self, _, order, expected):
        for title, year, price in [(V, NEW, 5), (U, OLD, 7), (T, MID, 6)]:
            self.books(title, year=year, price=price)
        with budget(f"search('', {order!r})", queries=1):
            got = answered(exercise.search, "", order)
        expect(f"search('', {order!r})", got, expected, SORTED)

    def test_equal_values(self):
        for year in (OLD, NEW, MID):
            self.books(T, year=year, price=5)
        got = answered(exercise.search, T, "price")
        expect(f"search({T!r}, 'price')", got, [(T, MID), (T, NEW), (T, OLD)], SORTED)

    @parameterized.expand(NO_ORDERS)
    def test_no_order(self, _, order):
        call = f"search('', {order!r})"
        with budget(call, queries=0), expect_raises(call, ValueError, because=CHOICE):
            raised = answered(exercise.search, "", order)
            expect(call, raised, "a ValueError", CHOICE)


DEEP = {O1: None, G: None, L: G, H: G, I2: H, I1: I2, O2: O1}
ASKED = "The genre itself with depth 0, and all below it, however deep: none beside it, none above."
LEVELS = "Level by level, each level in the order of the path."
TREES = [
    ("deep", DEEP, G, [(0, [G]), (1, [G, H]), (1, [G, L]), (2, [G, H, I2]), (3, [G, H, I2, I1])]),
    ("a_part", DEEP, H, [(0, [H]), (1, [H, I2]), (2, [H, I2, I1])]),
    ("a_leaf", DEEP, I1, [(0, [I1])]),
    ("no_such_genre", DEEP, "Nothing", []),
    ("a_quote", {QUOTE: None, G: QUOTE}, QUOTE, [(0, [QUOTE]), (1, [QUOTE, G])]),
]


@pytest.mark.task(2)
class Tree(Shop, TestCase):
    @parameterized.expand(TREES)
    def test_tree(self, _, parents, name, rows):
        plant(parents)
        expected = sorted((depth, " / ".join(path)) for depth, path in rows)
        because = f"{ASKED} {LEVELS}" if parents is DEEP else PARAMETER
        call = f"tree({name!r}), of genres with their parents {parents}"
        expect(call, answered(exercise.tree, name), expected, because)

    def test_what_it_costs(self):
        plant(DEEP)
        call = f"tree({G!r})"
        because = "The database walks down the tree: fetch the rows that are shown, and no others."
        with rows_at_most(call, 5, because=because), budget(call, queries=1):
            answered(exercise.tree, G)
        if connection.vendor == "sqlite":
            self.expect_no_growth(call)

    def expect_no_growth(self, call):
        with effort() as spent:
            growth(
                f"{call}, the same genres in a larger table",
                make=lambda size: Genre.objects.bulk_create(
                    Genre(name=f"{n}") for n in range(size)
                ),
                do=lambda: exercise.tree(G),
                count=lambda: spent.steps,
                unit="steps of the database",
                because="Go from a genre to those below it by their parent: others are none of its business.",
            )


OF_TREE = "Books of the genre and of all below it, and no others."
ONCE = "A book of two of the genres is one book."
READ = "Whoever reads a field, or author_name, asks nothing more: fetch all columns, and the name."
# The genres of each book; the titles for the genre G of DEEP.
SHELVES = [
    ("each_level", {T: [G], U: [H], V: [I1]}, [T, U, V], OF_TREE),
    ("others", {T: [O1], U: [L], V: [O2]}, [U], OF_TREE),
    ("once", {V: [G, I1], T: [H, I2, O1], U: []}, [T, V], ONCE),
]


@pytest.mark.task(3)
class BooksBelow(Shop, TestCase):
    def shelve(self, shelves, made):
        for title, genres in shelves.items():
            self.books(title)[0].genres.set([made[name] for name in genres])

    @parameterized.expand(SHELVES)
    def test_books(self, _, shelves, titles, because):
        self.shelve(shelves, plant(DEEP))
        got = answered(exercise.books_below, G)
        got = got if isinstance(got, str) else [getattr(book, "title", book) for book in got]
        call = f"titles of books_below({G!r}), of genres with their parents {DEEP} and {shelves}"
        expect(call, got, titles, because)

    def test_a_quote(self):
        self.shelve({T: [QUOTE], U: [G]}, plant({QUOTE: None, G: None}))
        got = answered(exercise.books_below, QUOTE)
        got = got if isinstance(got, str) else [book.title for book in got]
        expect(f"titles of books_below({QUOTE!r})", got, [T], PARAMETER)

    def test_equal_titles(self):
        self.shelve({V: [G]}, plant(DEEP))
        for book in self.books(T, T):
            book.genres.set(Genre.objects.filter(name=G))
        got = [(book.title, book.pk) for book in exercise.books_below(G)]
        expected = sorted(
            Book.objects.values_list("title", "pk"), key=lambda row: (row[0], -row[1])
        )
        because = "In the order of the title, equal titles with the higher key first."
        expect(f"(title, pk) of books_below({G!r})", got, expected, because)

    def test_what_it_costs(self):
        self.shelve({T: [G, H], U: [L], V: [I1]}, plant(DEEP))
        call = f"books_below({G!r}), and all fields of the books"
        with rows_at_most(call, 3, because=READ), budget(call, queries=1):
            books = answered(exercise.books_below, G)
            got = [(book.title, book.year, book.isbn, book.author_name) for book in books]
        name, books = self.author.name, Book.objects.order_by("title")
        expected = [(book.title, book.year, book.isbn, name) for book in books]
        expect(f"title, year, isbn, author_name of {call}", got, expected, READ)
