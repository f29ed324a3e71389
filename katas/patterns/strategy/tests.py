from decimal import Decimal

import pytest
from django.test import SimpleTestCase, TestCase
from parameterized import parameterized

from core.bookshop.generator import generate
from core.bookshop.models import Book, Customer, Order
from core.judge import budget, expect, rng

from .exercise import FreeFrom, PerBook, Shipping
from .parcel import Parcel, parcel_of

random = rng("prices")
FIRST = Decimal(random.randint(300, 500)) / 100
FURTHER = Decimal(random.randint(50, 99)) / 100
LIMIT = Decimal(random.randint(2000, 6000)) / 100
CENT = Decimal("0.01")
MOST = random.randint(5, 9)
SMALL, LARGE, TOO_LARGE = Parcel(2, LIMIT - CENT), Parcel(MOST, LIMIT), Parcel(MOST + 1, LIMIT)
OF_LARGE = FIRST + FURTHER * (MOST - 1)


def bicycle(parcel):
    """A strategy that the exercise has never heard of."""
    return None if parcel.books > MOST else FURTHER * parcel.books + parcel.value / 10


def post(more=0):
    return PerBook(FIRST + more, FURTHER + more, MOST + more)


def free(more=0):
    return FreeFrom(LIMIT + more, bicycle)


SHOWN = {post: f"PerBook({FIRST}, {FURTHER}, {MOST})", free: f"FreeFrom({LIMIT}, bicycle)"}
PRICES = [
    ("one_book", post, Parcel(1, LIMIT), FIRST, "One book costs `first`: none is further."),
    ("most_books", post, LARGE, OF_LARGE, "`first`, and `further` for each one more."),
    ("too_many_books", post, TOO_LARGE, None, "More than `most` books are not carried."),
    ("at_the_limit", free, LARGE, Decimal(0), "Books that are worth `limit` go free."),
    ("not_carried", free, TOO_LARGE, None, "Free or not: somebody has to carry the parcel."),
]
KINDS = [  # with the prices of a small parcel and a large one, and of the large one for `more=7`
    ("per_book", post, FIRST + FURTHER, OF_LARGE, OF_LARGE + 7 * MOST),
    ("free_from", free, bicycle(SMALL), Decimal(0), bicycle(LARGE)),
]


class Interrupted:
    """A parcel: each time that a strategy looks at it, somebody else's is priced first."""

    def __init__(self, parcel, meanwhile):
        self._parcel, self._meanwhile = parcel, meanwhile

    def __getattr__(self, name):
        self._meanwhile()
        return getattr(self._parcel, name)


@pytest.mark.task(1)
class SamePrice(SimpleTestCase):
    @parameterized.expand(KINDS)
    def test_one_after_the_other(self, case, make, small, large, _):
        strategy = make()
        got = [strategy(parcel) for parcel in (SMALL, LARGE, SMALL)]
        call = "one strategy, asked for a small parcel, for a large one, for the small one again"
        because = "A price depends on the parcel alone: a call leaves nothing behind for the next."
        expect(call, got, [small, large, small], because)

    @parameterized.expand(KINDS)
    def test_two_customers_at_once(self, case, make, small, large, _):
        strategy = make()
        got = strategy(Interrupted(SMALL, meanwhile=lambda: strategy(LARGE)))
        call = "strategy(small), and in the middle of it strategy(large) for another customer"
        because = "Both share the strategy: what belongs to one call goes into local variables."
        expect(call, got, small, because)

    @parameterized.expand(KINDS)
    def test_two_price_lists(self, case, make, small, large, dearer):
        ours, theirs = make(), make(more=7)
        call = "[ours(large), theirs(large)] of two strategies of one class"
        because = "Each has a price list of its own: what hangs on the class belongs to both."
        expect(call, [ours(LARGE), theirs(LARGE)], [large, dearer], because)

    @parameterized.expand(PRICES)
    def test_price(self, case, make, parcel, expected, because):
        expect(f"{SHOWN[make]}({parcel})", make()(parcel), expected, because)


class Balloon:
    def __call__(self, parcel):
        return FIRST * parcel.books

    def by_night(self, parcel):
        return FIRST + parcel.value


EDIT = "A new strategy needs no edit: whatever can be called with a parcel will do."
METHODS = [
    ("post", "post", Balloon(), "The price comes from `methods`, not from the code."),
    ("courier", "courier", Balloon(), "The price comes from `methods`, not from the code."),
    ("function", "new", bicycle, EDIT),
    ("object", "new", Balloon(), EDIT),
    ("bound_method", "new", Balloon().by_night, EDIT),
    ("inside_free_from", "new", lambda parcel: FreeFrom(LIMIT, bicycle)(parcel), EDIT),
    ("not_carried", "new", lambda parcel: None, "None says that it does not carry this order."),
]


def outcome(call, *args):
    """What the call returns, or the error that it raises, in words."""
    try:
        return call(*args)
    except (LookupError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


class ShopCase(TestCase):
    """Two orders, each for another parcel."""

    @classmethod
    def setUpTestData(cls):
        generate(books=2, seed=rng("shop").randrange(10_000))
        cls.book, cls.next_book = Book.objects.order_by("pk")
        customer = Customer.objects.first()
        cls.order, cls.other = (Order.objects.create(customer=customer) for _ in range(2))
        cls.add(cls.order, cls.book, 2)
        cls.add(cls.other, cls.book, 3)

    @staticmethod
    def add(order, book, quantity):
        order.lines.create(book=book, quantity=quantity, unit_price=book.price)


@pytest.mark.task(2)
class ByName(ShopCase):
    @parameterized.expand(METHODS)
    def test_price(self, case, name, strategy, because):
        shop = Shipping({"old": post(), name: strategy})
        call = f"shop.price(order, {name!r}), a strategy of the test's own"
        expected = strategy(parcel_of(self.order))
        expect(call, outcome(shop.price, self.order, name), expected, because)

    def test_unknown_name(self):
        got = outcome(Shipping({"post": post(), "sea": bicycle}).price, self.order, "drone")
        words = [word for word in ("ValueError", "drone", "post", "sea") if word not in f"{got}"]
        call = f"shop.price(order, 'drone') gives {got!r}; words that are not in it"
        because = "Guess no price for a name that is not on offer: raise, and say what there is."
        expect(call, words, [], because)

    def test_error_of_a_strategy(self):
        got = outcome(Shipping({"post": lambda parcel: {}["zone 4"]}).price, self.order, "post")
        because = "The name is on offer. What fails inside the strategy is another error."
        expect("price(order, 'post'), whose strategy fails", got, "KeyError: 'zone 4'", because)

    def test_orders_in_turn(self):
        shop, air = Shipping({"air": Balloon()}), Balloon()
        expected = [air(parcel_of(self.order)), air(parcel_of(self.other))]
        got = [shop.price(self.order, "air"), shop.price(self.other, "air")]
        self.add(self.order, self.next_book, 1)
        expected.append(air(parcel_of(self.order)))
        got.append(shop.price(self.order, "air"))
        call = "shop.price() of an order, of another, and of the first with one line more"
        because = "The shop serves everybody: keep nothing of an order for the next call."
        expect(call, got, expected, because)


OFFERS = [
    ("cheapest_first", {"sea": 3, "air": 9, "rail": 5}, "sea rail air", "The cheapest is first."),
    ("equal_by_name", {"sea": 3, "rail": 3, "air": 3}, "air rail sea", "Equal prices: by name."),
    ("not_carried", {"sea": None, "air": 9}, "air", "What does not carry the order is left out."),
    ("free_of_charge", {"sea": 0, "air": 9}, "sea air", "0 is a price: only None is none."),
    ("nothing_carried", {"sea": None}, "", "No method carries the order: there is no price."),
]


@pytest.mark.task(3)
class AllPrices(ShopCase):
    @parameterized.expand(OFFERS)
    def test_prices(self, case, offers, order, because):
        offers = {name: n if n is None else n * FURTHER for name, n in offers.items()}
        shop = Shipping({name: lambda _, price=price: price for name, price in offers.items()})
        expected = [(offers[name], name) for name in order.split()]
        expect("shop.prices(order)", shop.prices(self.order), expected, because)

    def test_one_query(self):
        shop = Shipping({f"carrier {n}": bicycle for n in range(12)})
        with budget("shop.prices(order) with 12 methods", queries=1):
            shop.prices(self.order)

    def test_each_strategy_is_asked_once(self):
        asked = []
        Shipping({"sea": lambda parcel: asked.append(parcel) or FIRST}).prices(self.order)
        because = "One call, with the order's parcel: some carriers take a second to answer."
        expect("parcels that prices(order) asks for", asked, [parcel_of(self.order)], because)

    def test_two_customers_at_once(self):
        mine = parcel_of(self.order)

        def nosy(parcel):
            if parcel == mine:
                shop.prices(self.other)
            return FIRST

        shop = Shipping({"air": nosy, "sea": Balloon()})
        call = "shop.prices(order), and in the middle of it shop.prices(other)"
        because = "Both share the shop: what belongs to one call goes into local variables."
        expected = sorted([(FIRST, "air"), (Balloon()(mine), "sea")])
        expect(call, shop.prices(self.order), expected, because)
