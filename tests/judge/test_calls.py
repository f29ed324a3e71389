"""Calls: a function or method works as before, each call counts, and all is put back."""

import asyncio
import functools
import inspect
import threading
import types

import pytest

from core.judge.calls import by_line, calls_at_most
from core.judge.counting import OverCount
from core.judge.instrument import case_ends

pytestmark = pytest.mark.usefixtures("session")


def parts(error: OverCount) -> tuple[str, str, str, str]:
    return error.call, error.got, error.expected, str(error)


def measured() -> list[tuple]:
    return [(each["name"], each["call"], each["value"], each["limit"]) for each in case_ends()]


def fail(error: BaseException, *done: object) -> None:
    raise error


def in_threads(work, number: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Shop:
    rate = 2

    def price(self, book: str, *, tax: int = 0) -> int:
        return self.rate * len(book) + tax

    @classmethod
    def named(cls) -> str:
        return cls.__name__

    @staticmethod
    def free() -> int:
        return 0

    @functools.lru_cache  # noqa: B019 - as a learner's would
    def cached(self) -> int:
        return 7

    async def aprice(self, book: str) -> int:
        await asyncio.sleep(0)
        return len(book)


class Branch(Shop):
    rate = 3

    def price(self, book: str, *, tax: int = 0) -> int:
        return super().price(book, tax=tax)


@pytest.fixture
def module():
    made = types.ModuleType("exercise")
    made.price = lambda book: len(book)
    made.slow = functools.lru_cache(len)
    made.Shop = Shop
    return made


@pytest.mark.parametrize(
    ("target", "name", "do", "gives"),
    [
        (Shop, "price", lambda: Shop().price("ab", tax=1), 5),
        (Shop, "price", lambda: Shop.price(Shop(), "ab"), 4),
        (Shop, "price", lambda: Branch().price("ab"), 6),
        (Branch, "price", lambda: Branch().price("ab"), 6),
        (Branch, "cached", lambda: Branch().cached(), 7),
        (Shop, "named", lambda: Branch.named(), "Branch"),
        (Branch, "named", lambda: Branch().named(), "Branch"),
        (Shop, "free", lambda: Shop().free(), 0),
        (Shop, "free", lambda: Shop.free(), 0),
        (Shop, "cached", lambda: Shop().cached(), 7),
        (Shop, "aprice", lambda: asyncio.run(Shop().aprice("ab")), 2),
    ],
)
def test_method_works_counts_and_is_put_back(target, name, do, gives):
    before = dict(vars(target))
    with calls_at_most("f()", target, name, 2) as calls:
        assert [do(), do()] == [gives, gives]
        assert calls.times == 2
    assert do() == gives
    assert (calls.times, dict(vars(target))) == (2, before)
    assert measured() == [(f"calls of {name}", "f()", 2, 2)]


def test_function_of_a_module_and_method_of_one_object(module):
    price, shop = module.price, Shop()
    with calls_at_most("f()", module, "price", 1), calls_at_most("f()", shop, "price", 1) as calls:
        assert module.price("abc") == 3
        assert shop.price("abc") == 6
        Shop().price("not this one")
    assert (calls.times, module.price is price, vars(shop)) == (1, True, {})


def test_what_stands_in_is_like_the_original(module):
    with calls_at_most("f()", module, "slow", 3), calls_at_most("f()", Shop, "aprice", 0):
        assert [module.slow("ab"), module.slow("ab")] == [2, 2]
        assert module.slow.cache_info().hits == 1
        assert inspect.iscoroutinefunction(Shop.aprice)
        assert asyncio.iscoroutinefunction(Shop().aprice)
        assert Shop.aprice.__name__ == "aprice"
    with calls_at_most("f()", module, "Shop", 1):
        assert module.Shop().price("a") == 2
        assert isinstance(Shop(), module.Shop)


def test_over_names_the_lines_that_called(module, tmp_path):
    names = {"module": module}
    code = "def shelf(first):\n    return [module.price(each) for each in 'abc']\n"
    exec(compile(code, str(tmp_path / "exercise.py"), "exec"), names)
    with (
        pytest.raises(OverCount) as caught,
        calls_at_most("shelf()", module, "price", 1, because="One price is enough."),
    ):
        names["shelf"](module.price("d"))
    assert parts(caught.value) == (
        "shelf()",
        "4 calls",
        "at most 1 call of price",
        "One price is enough.\nexercise.py:2 called price 3 times\ntests.py called price once",
    )
    assert measured() == [("calls of price", "shelf()", 4, 1)]


def test_calls_of_every_thread_and_task_count():
    shop = Shop()

    async def together():
        await asyncio.gather(*(shop.aprice("ab") for _ in range(20)))

    with calls_at_most("f()", Shop, "price", 400) as calls:
        in_threads(lambda: [shop.price("ab") for _ in range(100)], 4)
    with pytest.raises(OverCount) as caught, calls_at_most("f()", Shop, "aprice", 1):
        asyncio.run(together())
    assert (calls.times, caught.value.got) == (400, "20 calls")


def test_call_that_fails_counts_and_its_exception_passes(module):
    def broken(book):
        raise ValueError(book)

    module.price = broken
    with calls_at_most("f()", module, "price", 1) as calls, pytest.raises(ValueError, match="ab"):
        module.price("ab")
    assert calls.times == 1


def test_exception_of_the_block_passes_through_and_the_name_is_put_back(module):
    price, error = module.price, KeyError("lost")
    with pytest.raises(KeyError) as caught, calls_at_most("f()", module, "price", 0):
        fail(error, module.price("ab"))
    assert (caught.value, module.price, measured()) == (error, price, [])


def test_blocks_on_one_name_nest(module):
    price = module.price
    with calls_at_most("outer()", module, "price", 2) as outer:
        module.price("a")
        with calls_at_most("inner()", module, "price", 1) as inner:
            module.price("b")
    assert (outer.times, inner.times, module.price is price) == (2, 1, True)


def test_error_no_such_name_or_no_function(module):
    with pytest.raises(AttributeError), calls_at_most("f()", module, "missing", 1):
        pass
    with (
        pytest.raises(TypeError, match="rate is not callable"),
        calls_at_most("f()", Shop, "rate", 1),
    ):
        pass
    assert (hasattr(module, "missing"), Shop.rate) == (False, 2)


def test_words():
    lines = [f"exercise.py:{n}" for n in range(7)] + ["exercise.py:6"]
    assert list(by_line("price", lines)) == [
        "exercise.py:6 called price 2 times",
        *(f"exercise.py:{n} called price once" for n in range(4)),
        "… and 2 more lines",
    ]
