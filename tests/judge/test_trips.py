"""Round trips to caches: every alias, backend and thread, each public call one, nothing left after."""

import asyncio
import threading

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.core.management import call_command
from django.test import override_settings

from core.judge.counting import OverCount
from core.judge.instrument import case_ends
from core.judge.ledgers import Trip
from core.judge.trips import cache_budget, said_of

LOCMEM = "django.core.cache.backends.locmem.LocMemCache"


class Client:
    """What RedisCache asks of its client, on a dict."""

    def __init__(self, server, **options):
        self.values = {}

    def get(self, key, default):
        return self.values.get(key, default)

    def set(self, key, value, timeout):
        self.values[key] = value

    def add(self, key, value, timeout):
        return self.values.setdefault(key, value) is value

    def get_many(self, keys):
        return {key: self.values[key] for key in keys if key in self.values}

    def set_many(self, data, timeout):
        self.values |= data


class Redis(RedisCache):
    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = Client


class Doubled(LocMemCache):
    """A backend of the learner's, with a method of its own."""

    def get(self, key, default=None, version=None):
        return super().get(key, super().get("other", default), version)

    def keys(self):
        return [self.get("a"), self.get("b")]


@pytest.fixture(autouse=True)
def configured(session, tmp_path):
    backends = {
        "default": {"BACKEND": LOCMEM, "LOCATION": "trips"},
        "file": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path / "cache",
        },
        "db": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "trips"},
        "redis": {"BACKEND": f"{__name__}.Redis", "LOCATION": "unix:///nowhere"},
        "dummy": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        "doubled": {"BACKEND": f"{__name__}.Doubled", "LOCATION": "doubled"},
    }
    with override_settings(CACHES=backends):
        yield
        caches["default"].clear()
        caches["doubled"].clear()


def trips(block) -> list[str]:
    with cache_budget("f()", trips=100) as ledger:
        block()
    return [trip.method for trip in ledger]


ONE_EACH = {
    "add": lambda each: each.add("a", 1),
    "get": lambda each: each.get("a"),
    "set": lambda each: each.set("a", 1),
    "touch": lambda each: each.touch("a"),
    "delete": lambda each: each.delete("a"),
    "get_many": lambda each: each.get_many(["a", "b", "c"]),
    "set_many": lambda each: each.set_many({"a": 1, "b": 2}),
    "delete_many": lambda each: each.delete_many(["a", "b"]),
    "get_or_set": lambda each: each.get_or_set("new", 1),
    "has_key": lambda each: each.has_key("a"),
    "in": lambda each: "a" in each,
    "clear": lambda each: each.clear(),
}


@pytest.mark.parametrize("name", ONE_EACH)
@pytest.mark.parametrize("alias", ["default", "file", "dummy", "doubled"])
def test_each_public_call_is_one_trip(alias, name):
    assert trips(lambda: ONE_EACH[name](caches[alias])) == [name]


@pytest.mark.parametrize("name", ["incr", "decr", "incr_version", "decr_version"])
def test_calls_made_of_others_are_one_trip(name):
    cache.set("n", 1, version=2)
    cache.set("n", 1)
    assert trips(lambda: getattr(cache, name)("n", **({"version": 2} if "v" in name else {}))) == [
        name
    ]


@pytest.mark.django_db
def test_database_cache():
    call_command("createcachetable")
    each = caches["db"]
    assert trips(lambda: (each.set("a", 1), each.get_many(["a", "b"]), each.get("a"))) == [
        "set",
        "get_many",
        "get",
    ]


def test_redis_cache():
    each = caches["redis"]

    def block():
        each.set_many({"a": 1, "b": 2})
        assert each.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
        assert each.get_or_set("c", 3) == 3
        assert "c" not in cache

    assert trips(block) == ["set_many", "get_many", "get_or_set", "in"]


def test_method_of_a_learners_own_backend_is_one_trip():
    assert trips(lambda: caches["doubled"].keys()) == ["keys"]


def test_what_asks_nothing_is_free():
    assert trips(lambda: (cache.make_key("a"), cache.validate_key("a"), cache.close())) == []


@pytest.mark.parametrize(
    "block",
    [
        lambda: cache.get_or_set("page", lambda: cache.get("part")),
        lambda: cache.get_or_set("page", default=lambda: cache.get("part")),
        lambda: asyncio.run(cache.aget_or_set("page", lambda: cache.get("part"))),
    ],
)
def test_what_the_callable_of_get_or_set_asks_counts(block):
    assert [name.removeprefix("a") for name in trips(block)] == ["get_or_set", "get"]


def test_async_calls_are_one_trip_each_also_together():
    async def block():
        await cache.aset("a", 1)
        assert await cache.aget_many(["a", "b"]) == {"a": 1}
        assert await asyncio.gather(cache.aget("a"), cache.aget("b")) == [1, None]

    assert trips(lambda: asyncio.run(block())) == ["aset", "aget_many", "aget", "aget"]


def test_every_thread_counts():
    def work():
        for n in range(50):
            cache.set(f"k{n}", n)

    def block():
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with cache_budget("f()", trips=200) as ledger:
        block()
    assert ledger == [Trip("set", "")] * 200


def test_over_names_the_line_and_what_would_do(tmp_path):
    names = {"cache": cache}
    code = "def page(keys):\n    return [cache.get(key) for key in keys]\n"
    exec(compile(code, str(tmp_path / "exercise.py"), "exec"), names)
    with pytest.raises(OverCount) as caught, cache_budget("page(keys)", trips=1):
        cache.set("d", names["page"](["a", "b", "c"]))
    error = caught.value
    assert (error.call, error.got, error.expected, str(error)) == (
        "page(keys)",
        "4 cache trips",
        "at most 1 cache trip",
        "exercise.py:2 called get 3 times; get_many is one trip\ntests.py called set once",
    )
    (measured,) = case_ends()
    assert (measured["name"], measured["value"], measured["limit"]) == ("cache trips", 4, 1)


def test_many_lines_are_cut():
    ledger = [Trip("add", f"exercise.py:{n}") for n in range(7)] * 3
    assert list(said_of(ledger)) == [
        *(f"exercise.py:{n} called add 3 times" for n in range(5)),
        "… and 2 more lines",
    ]


def fail(error: BaseException, *done: object) -> None:
    raise error


def methods() -> dict:
    return {kind: dict(vars(kind)) for kind in (BaseCache, LocMemCache, RedisCache, Redis, Doubled)}


def test_nothing_is_left_also_after_an_exception():
    before, error = methods(), KeyError("lost")
    with pytest.raises(KeyError) as caught, cache_budget("f()", trips=0):
        fail(error, cache.get("a"))
    assert (caught.value, methods(), case_ends()) == (error, before, [])


def test_exception_of_the_cache_passes_and_counts():
    with cache_budget("f()", trips=2) as ledger:
        with pytest.raises(ValueError, match="not found"):
            cache.incr("missing")
        cache.get("a")
    assert [trip.method for trip in ledger] == ["incr", "get"]


def test_blocks_nest_and_both_count():
    before = methods()
    with cache_budget("outer()", trips=2) as outer:
        with cache_budget("inner()", trips=1) as inner:
            cache.get("a")
        cache.get("b")
    assert (len(outer), len(inner), methods()) == (2, 1, before)
