import pytest
from parameterized import parameterized

from core.bookshop.models import Book
from core.judge import budget, expect, rng

from . import exercise
from .shop import ANN, BEN, BORN, CENT, HIGH, LOW, OTHER, A, B, G, H, P, Q, ShopCase

PLACES = "A word in one of the three places is enough: they are joined by OR."
WORDS = "Each word must be found, and each may stand in another place."
ANYHOW = "A part of a word will do, in capital or small letters."
EMPTY = "Without a word nothing is asked of the books."
# What is typed; the books, as (title, author, publisher); the places of those that are found.
SEARCHES = [
    ("in_the_title", B, [(A, ANN, P), (B, ANN, P)], [1], PLACES),
    ("author", BEN, [(A, BEN, P), (B, ANN, P)], [0], PLACES),
    ("publisher", Q, [(A, ANN, P), (B, ANN, Q)], [1], PLACES),
    ("two_places", f"{A} {BEN}", [(A, ANN, P), (A, BEN, P), (B, BEN, P)], [1], WORDS),
    ("three_places", f"{Q} {BEN} {B}", [(B, BEN, Q), (B, BEN, P), (A, BEN, Q)], [0], WORDS),
    ("other_order", f"{B} {A}", [(f"{A} or {B}", ANN, P)], [0], WORDS),
    ("part", f"  {A[1:4].upper()} ", [(A, ANN, P), (B, ANN, P)], [0], ANYHOW),
    ("no_word", " ", [(B, ANN, P), (A, BEN, Q)], [1, 0], EMPTY),
]


@pytest.mark.task(1)
class Search(ShopCase):
    @parameterized.expand(SEARCHES)
    def test_books(self, _, text, shop, places, because):
        made = [self.add(title, author=author, publisher=by) for title, author, by in shop]
        call = f"search({text!r}) of {shop}"
        self.expect_books(call, lambda: exercise.search(text), [made[n] for n in places], because)

    def test_order(self):
        self.expect_order(f"search({ANN!r})", lambda: exercise.search(ANN))


ONCE = "A book of two chosen genres is one book: a join has a row for each of its genres."
CHOSEN = "One of the chosen genres is asked for, and no other."
NOTHING = "No genre chosen is no condition, and not the condition to be of none."
BOUNDS = "Both prices are included."
ZERO = "0 is filled in: at most 0 are the free books."
STOCK = "True is in stock, False is sold out, None is either."
ALL_FIELDS = {"lowest": LOW, "highest": HIGH, "in_stock": True}
MISFITS = [
    {"price": HIGH},
    {"price": HIGH, "genres": [H]},
    {"price": LOW - CENT},
    {"price": HIGH + CENT},
    {"price": HIGH, "stock": 0},
]
# What is filled in; the books; the places of those that are found.
FORMS = [
    (
        "several_genres",
        {"genres": [G, H]},
        [{"genres": [G, H]}, {"genres": [H, OTHER]}],
        [0, 1],
        ONCE,
    ),
    (
        "of_another",
        {"genres": [G]},
        [{"genres": [H]}, {"genres": [G, H]}, {}],
        [1],
        "One of the chosen genres is asked for, and no other.",
    ),
    ("nothing", {}, [{}, {"genres": [G, H]}, {"stock": 0}], [0, 1, 2], NOTHING),
]
# The same for books that are all of one genre, which is asked for too.
FIELDS = [
    ("lowest", {"lowest": LOW}, [{"price": LOW - CENT}, {"price": LOW}], [1], BOUNDS),
    ("highest", {"highest": LOW}, [{"price": LOW}, {"price": LOW + CENT}], [0], BOUNDS),
    ("free", {"highest": 0}, [{"price": 0}, {"price": CENT}], [0], ZERO),
    ("in_stock", {"in_stock": True}, [{"stock": 1}, {"stock": 0}], [0], STOCK),
    ("sold_out", {"in_stock": False}, [{"stock": 1}, {"stock": 0}], [1], STOCK),
    ("all_at_once", ALL_FIELDS, MISFITS, [0], "A book must fit all that is filled in."),
]
OF_G = {"genres": [G]}


def form(filled):
    return {"genres": [], "lowest": None, "highest": None, "in_stock": None} | filled


@pytest.mark.task(2)
class Advanced(ShopCase):
    @parameterized.expand(FORMS)
    def test_genres(self, _, filled, shop, places, because):
        made = [self.add(f"{A} {n}", **book) for n, book in enumerate(shop)]
        call = f"advanced({form(filled)}) of {shop}"
        found = [made[n] for n in places]
        self.expect_books(call, lambda: exercise.advanced(form(filled)), found, because)

    @parameterized.expand(FIELDS)
    def test_fields(self, _, filled, shop, places, because):
        made = [self.add(f"{A} {n}", **(OF_G | book)) for n, book in enumerate(shop)]
        call = f"advanced({form(OF_G | filled)}) of {shop}"
        found = [made[n] for n in places]
        self.expect_books(call, lambda: exercise.advanced(form(OF_G | filled)), found, because)

    def test_order(self):
        filled = form({"genres": [G, H]})
        self.expect_order(f"advanced({filled})", lambda: exercise.advanced(filled))


CRIME, GOTHIC = ["genres__name", G], ["genres__name", H]
NO_GENRE, BOTH = {"genres": []}, {"genres": [G, H]}
OLD = ["author__born__lte", BORN]
SAME_ROW = "Each rule finds books of its own: no single genre need have both names."
DOUBLE = "A book that two rules find, or one rule twice, is one book."
REST = "`not` finds all that the rule does not, also where a value is not known or there is no row."
ANY = "Any of no rules is none: no rule is there to find a book."
ALL = "All of no rules is every book, and what is left by `not` is none."
# The rule; the books; the places of those that are found.
RULES = [
    ("two_genres", ["and", CRIME, GOTHIC], [BOTH, {"genres": [G]}, NO_GENRE], [0], SAME_ROW),
    ("either", ["or", CRIME, GOTHIC], [BOTH, {"genres": [H]}, NO_GENRE], [0, 1], DOUBLE),
    ("one_of", ["genres__name__in", [G, H]], [BOTH, NO_GENRE], [0], DOUBLE),
    ("not_both", ["not", ["and", CRIME, GOTHIC]], [BOTH, {"genres": [G]}], [1], REST),
    ("unknown", ["not", OLD], [{"author": BEN}, {"author": ANN}], [0], REST),
    ("any_of_none", ["or"], [BOTH, NO_GENRE], [], ANY),
    ("all_of_none", ["and"], [BOTH, NO_GENRE], [0, 1], ALL),
    ("not_all_of_none", ["not", ["and"]], [BOTH, NO_GENRE], [], ALL),
    ("empty_within", ["or", ["or"], CRIME], [BOTH, NO_GENRE], [0], ANY),
]
LEAVES = {
    "genres__name": (lambda book, name: name in book["genres"], [G, H, OTHER]),
    "price__lt": (lambda book, price: book["price"] < price, [LOW, HIGH]),
    "stock": (lambda book, stock: book["stock"] == stock, [0, 1]),
    "author__name": (lambda book, name: book["author"] == name, [ANN, BEN]),
}


def found_by(rule, shop):
    """The places of the books that a rule finds, by sets."""
    name, *parts = rule
    if name in LEAVES:
        return {n for n, book in enumerate(shop) if LEAVES[name][0](book, parts[0])}
    every = set(range(len(shop)))
    sets = [found_by(part, shop) for part in parts]
    if name == "not":
        return every - sets[0]
    return set.intersection(every, *sets) if name == "and" else set.union(set(), *sets)


def drawn_rule(random, depth):
    if depth and random.random() < 0.8:
        name = random.choice(["and", "or", "not"])
        number = 1 if name == "not" else random.randrange(4)
        return [name, *(drawn_rule(random, depth - 1) for _ in range(number))]
    name = random.choice([*LEAVES])
    return [name, random.choice(LEAVES[name][1])]


@pytest.mark.task(3)
class Saved(ShopCase):
    @parameterized.expand(RULES)
    def test_books(self, _, rule, shop, places, because):
        made = [self.add(f"{A} {n}", **book) for n, book in enumerate(shop)]
        call = f"saved({rule}) of {shop}"
        self.expect_books(call, lambda: exercise.saved(rule), [made[n] for n in places], because)

    def test_drawn_rules(self):
        random = rng("rules")
        shop = [
            {
                "genres": random.sample([G, H, OTHER], random.randrange(4)),
                "price": random.choice([LOW - CENT, LOW, HIGH]),
                "stock": random.randrange(2),
                "author": random.choice([ANN, BEN]),
            }
            for _ in range(8)
        ]
        made = [self.add(f"{A} {n}", **book) for n, book in enumerate(shop)]
        because = "`and` is what all of its rules find, `or` what any finds, `not` the rest."
        for _ in range(12):
            rule = drawn_rule(random, 3)
            expected = [made[n].pk for n in sorted(found_by(rule, shop))]
            with budget(f"saved({rule})", queries=1):
                got = [each.pk for each in exercise.saved(rule)]
            call = f"which of eight books, by primary key: saved({rule})"
            expect(call, got, expected, because)

    def test_order(self):
        self.expect_order("saved(['or', …])", lambda: exercise.saved(["or", CRIME, GOTHIC]))
        expect("books in the shop", Book.objects.count(), 4, "To ask is to change nothing.")
