"""The site: what it answers, what it saw, how many at once; nothing of it left, whatever happens."""

import asyncio
import http.client
import socket
import threading
import urllib.error
import urllib.request
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.judge.instrument import case_ends
from core.judge.site import Answer, OtherPeak, Request, expect_peak, failing, site

pytestmark = pytest.mark.usefixtures("session")
LONG = 30.0  # seconds that no test waits


@pytest.fixture(autouse=True)
def nothing_left():
    before = set(threading.enumerate())
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        yield
    assert set(threading.enumerate()) == before


def respond(path: str) -> tuple[int, bytes]:
    return (404, b"") if path == "/missing" else (200, path.encode())


def get(url: str, **options) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=10) as answer:
        return answer.read()


def connect(served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])))


async def aget(served, path: str) -> bytes:
    port = int(served.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.partition(b"\r\n\r\n")[2]


def in_threads(served, paths: list[str], workers: int) -> list[bytes]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda path: get(served.url + path), paths))


PATHS = [f"/{n}" for n in range(12)]


def test_answers_and_says_what_it_saw():
    with site(respond) as served:
        assert get(served.url + "/a?b=1") == b"/a?b=1"
        assert get(served.url + "/b", data=b"body", headers={"X-Key": "v"}) == b"/b"
        assert get(served.url + "/c", method="HEAD") == b""
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(served.url + "/missing")
        caught.value.close()
    assert caught.value.code == 404
    assert served.paths == ["/a?b=1", "/b", "/c", "/missing"]
    assert [each.method for each in served.requests] == ["GET", "POST", "HEAD", "GET"]
    assert served.requests[1].body == b"body"
    assert served.requests[1].headers["x-key"] == "v"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "MADE-UP"])
def test_every_method_is_answered(method):
    with site(respond) as served:
        assert get(served.url + "/a", method=method) == b"/a"
    assert served.requests[0].method == method


def test_answer_with_headers():
    answer = Answer(201, b"x", headers=(("Content-Type", "image/png"),))
    with site(lambda path: answer) as served, urllib.request.urlopen(served.url) as got:
        assert (got.status, got.headers["Content-Type"], got.read()) == (201, "image/png", b"x")


def test_one_after_another_is_a_peak_of_one_on_every_try():
    with site(respond) as served:
        for path in PATHS * 20:
            get(served.url + path)
    assert (served.peak, len(served.paths)) == (1, 240)


@pytest.mark.parametrize("workers", [2, 5])
def test_peak_is_that_of_the_threads(workers):
    with site(respond, hold=0.05) as served:
        assert in_threads(served, PATHS, workers) == [path.encode() for path in PATHS]
    assert served.peak == workers
    assert sorted(served.paths) == sorted(PATHS)
    expect_peak("download()", served, at_least=workers, at_most=workers)


def test_expected_at_once_ends_the_hold():
    with site(respond, hold=LONG, expected=12) as served:
        in_threads(served, PATHS, 12)
        get(served.url + "/later")
    assert served.peak == 12


def test_peak_of_tasks_within_a_semaphore():
    async def crawl(most: int) -> list[bytes]:
        gate = asyncio.Semaphore(most)

        async def one(path: str) -> bytes:
            async with gate:
                return await aget(served, path)

        return await asyncio.gather(*(one(path) for path in PATHS))

    with site(respond, hold=0.05, expected=5) as served:
        assert asyncio.run(crawl(4)) == [path.encode() for path in PATHS]
    expect_peak("crawl(4)", served, at_least=4, at_most=4)
    with site(respond, hold=LONG, expected=12) as served:
        asyncio.run(crawl(12))
    with pytest.raises(OtherPeak) as caught:
        expect_peak("crawl()", served, at_most=4, because="A semaphore lets four in.")
    error = caught.value
    assert (error.call, error.got, error.expected, str(error)) == (
        "crawl()",
        "12 requests at once, of 12",
        "at most 4",
        "A semaphore lets four in.",
    )


def test_too_few_at_once():
    with site(respond) as served:
        get(served.url)
        get(served.url)
    with pytest.raises(OtherPeak) as caught:
        expect_peak("download()", served, at_least=4, at_most=8)
    assert (caught.value.got, caught.value.expected) == (
        "1 request at once, of 2",
        "at least 4 and at most 8",
    )
    (measured,) = case_ends()
    assert (measured["name"], measured["value"], measured["limit"]) == ("requests at once", 1, 8)


def test_error_no_bound():
    with site(respond) as served, pytest.raises(TypeError, match="needs at_least= or at_most="):
        expect_peak("f()", served)


def test_failing_fails_first_for_each_path():
    with site(failing(respond, times=2)) as served:
        seen = []
        for path in ("/a", "/a", "/b", "/a"):
            try:
                seen.append(get(served.url + path))
            except urllib.error.HTTPError as error:
                seen.append(error.code)
                error.close()
    assert seen == [503, 503, 503, b"/a"]


def test_body_that_is_cut_off():
    with site(lambda path: Answer(200, b"x" * 100, cut=40)) as served:
        with pytest.raises(http.client.IncompleteRead) as caught:
            get(served.url)
        assert (len(caught.value.partial), caught.value.expected) == (40, 60)


def test_slow_body_comes_in_two_parts_and_is_in_flight_meanwhile():
    with site(lambda path: Answer(200, b"abcd", pause=0.2)) as served:
        assert in_threads(served, ["/a", "/b"], 2) == [b"abcd", b"abcd"]
    assert served.peak == 2


def test_client_that_gives_up_on_a_slow_body_is_no_fault():
    with (
        site(lambda path: Answer(200, b"abcd", pause=LONG)) as served,
        urllib.request.urlopen(served.url, timeout=5) as answer,
    ):
        assert answer.read(2) == b"ab"
    assert served.errors == []


def fail(error: BaseException, *done: object) -> None:
    raise error


def ask(url: str, errors: list) -> None:
    try:
        get(url)
    except (OSError, http.client.HTTPException) as error:
        errors.append(error)


def test_end_does_not_wait_for_what_is_held():
    errors: list = []
    with site(respond, hold=LONG) as served:
        client = threading.Thread(target=ask, args=(served.url, errors))
        client.start()
        while not served.peak:
            pass
    client.join()
    with pytest.raises(ConnectionRefusedError):
        connect(served)


def test_connection_on_which_nothing_is_asked_holds_up_nothing():
    with site(respond) as served:
        idle = connect(served)
        get(served.url)
        idle.sendall(b"GET /half")
    idle.close()
    assert served.paths == ["/"]


def test_exception_of_the_block_passes_through_and_the_site_is_gone():
    error = KeyError("lost")
    with pytest.raises(KeyError) as caught, site(respond) as served:
        fail(error, get(served.url))
    assert caught.value is error
    with pytest.raises(ConnectionRefusedError):
        connect(served)


def test_exception_of_respond_is_raised_at_the_end():
    def broken(path: str) -> tuple[int, bytes]:
        raise LookupError(path)

    with pytest.raises(LookupError, match="/a"), site(broken) as served:
        ask(served.url + "/a", errors := [])
    assert errors[0].code == 500
    errors[0].close()


def test_garbage_is_refused_quietly(capsys):
    with site(respond) as served, connect(served) as client:
        client.sendall(b"\x16\x03\x01 nonsense here now\r\n\r\n")
        assert b"400" in client.recv(1000)
    assert (served.requests, capsys.readouterr().err) == ([], "")


def test_sites_nest():
    with site(lambda path: (200, b"outer")) as outer, site(lambda path: (200, b"inner")) as inner:
        assert (get(outer.url), get(inner.url)) == (b"outer", b"inner")
    assert [each.requests[0] == Request("GET", "/") for each in (outer, inner)] == [False, False]


def test_many_at_once_are_let_in():
    with site(respond, hold=LONG, expected=60) as served:
        assert len(in_threads(served, [f"/{n}" for n in range(60)], 60)) == 60
    assert served.peak == 60
