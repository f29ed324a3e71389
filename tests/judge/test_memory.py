"""Peak memory: of the block alone, at its worst moment, whatever else is measured."""

import threading
import tracemalloc

import pytest

from core.judge.instrument import case_ends
from core.judge.memory import KIB, MIB, OverMemory, memory_budget, peak, size

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture(autouse=True)
def not_tracing():
    assert not tracemalloc.is_tracing()
    yield
    assert not tracemalloc.is_tracing()


def test_generator_stays_within_and_a_list_does_not():
    with memory_budget("total()", mb=0.5) as lazy:
        sum(n * n for n in range(100_000))
    with (
        pytest.raises(OverMemory) as caught,
        memory_budget("total()", mb=0.5, because="Sum as it comes."),
    ):
        sum([n * n for n in range(100_000)])
    error = caught.value
    assert lazy.bytes < 50 * KIB
    assert (error.call, error.expected, str(error)) == (
        "total()",
        "at most 512 KiB",
        "Sum as it comes.",
    )
    assert error.got.endswith(" MiB at its peak")
    assert 3 < float(error.got.split()[0]) < 8


def test_measured_in_mebibytes():
    with memory_budget("f()", mb=2):
        bytes(MIB)
    (measured,) = case_ends()
    assert (measured["name"], measured["call"], measured["limit"]) == ("MiB", "f()", 2)
    assert measured["value"] == pytest.approx(1, abs=0.01)


def test_peak_counts_though_it_was_given_back():
    with pytest.raises(OverMemory), memory_budget("f()", mb=1):
        bytes(2 * MIB)


def test_one_after_another_is_the_peak_of_one():
    with memory_budget("f()", mb=1.5):
        for _ in range(5):
            bytes(MIB)


def test_what_was_there_before_is_free_also_when_it_goes():
    before = [bytes(4 * MIB)]
    with memory_budget("f()", mb=0.1):
        before.clear()
    with peak() as outer:
        before = [bytes(4 * MIB)]
        with memory_budget("f()", mb=0.1) as inner:
            before.clear()
            bytes(MIB)
    assert (inner.bytes < KIB, outer.bytes) == (True, pytest.approx(4 * MIB, rel=0.01))


def test_blocks_nest_and_each_has_its_own_peak():
    with peak() as outer:
        bytes(3 * MIB)
        kept = bytes(MIB)
        with peak() as first:
            bytes(MIB)
        with peak() as second:
            bytes(4 * MIB)
    assert [round(each.bytes / MIB) for each in (first, second, outer)] == [1, 4, 5]
    assert len(kept) == MIB


def test_every_thread_counts():
    def work():
        held.append(bytes(MIB))

    held = []
    with peak() as found:
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found.bytes == pytest.approx(3 * MIB, rel=0.05)


def test_exception_of_the_block_passes_through_and_tracing_ends():
    error = KeyError("lost")
    with pytest.raises(KeyError) as caught, memory_budget("f()", mb=0):
        raise error
    assert (caught.value, case_ends()) == (error, [])


def test_tracing_that_someone_else_began_goes_on():
    tracemalloc.start()
    try:
        with memory_budget("f()", mb=2):
            bytes(MIB)
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 KiB"),
        (1, "1 KiB"),
        (312 * KIB, "312 KiB"),
        (MIB - 1, "1024 KiB"),
        (MIB, "1 MiB"),
        (MIB + 1, "1.01 MiB"),
        (12.5 * MIB, "12.5 MiB"),
        (1000.5 * MIB, "1000.5 MiB"),
        (12345.67 * MIB, "12345.67 MiB"),
    ],
)
def test_size(number, words):
    assert size(number) == words
