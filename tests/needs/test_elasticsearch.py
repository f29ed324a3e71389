"""Elasticsearch by its URL: real where ELASTICSEARCH_URL names one, else only what is no such server."""

import http.server
import os
import threading

import pytest

from core.needs.lease import Unavailable, lease
from core.needs.rest import ask
from tests.conftest import wait_for


def indexes(url):
    return {each["index"] for each in ask(url, "GET", "_cat/indices/kata_*?format=json")}


@pytest.mark.skipif(
    not os.environ.get("ELASTICSEARCH_URL"),
    reason="ELASTICSEARCH_URL names no server, and none comes with the packages",
)
def test_indexes_below_the_prefix_are_gone_at_the_end(ground):
    url = os.environ["ELASTICSEARCH_URL"]
    before = indexes(url)
    keep, held = lease("elasticsearch"), lease("elasticsearch")
    names = [each.environment["ELASTICSEARCH_PREFIX"] + "books" for each in (keep, held)]
    for name in names:
        ask(url, "PUT", name)
    assert indexes(url) == before | set(names)
    held.close()
    wait_for(lambda: indexes(url) == before | {names[0]})
    keep.check()
    keep.close()
    wait_for(lambda: indexes(url) == before)


class Other(http.server.BaseHTTPRequestHandler):
    """A web server, and no Elasticsearch."""

    def do_GET(self):
        self.send_response(404 if self.server.status == 404 else 200)
        self.end_headers()
        self.wfile.write(b"[]" if self.server.status == 200 else b"<html>")

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, "what answers there is no Elasticsearch"),
        (404, "GET / answers 404 Not Found"),
        (0, "Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_error_web_server_that_is_no_elasticsearch(status, reason, ground, monkeypatch):
    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        server.status = status
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("ELASTICSEARCH_URL", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(Unavailable) as caught:
            lease("elasticsearch")
        server.shutdown()
    assert str(caught.value) == (
        f"Elasticsearch cannot be used: {reason}.\n"
        "It is named by ELASTICSEARCH_URL. Start it, or unset that."
    )


def test_error_url_where_nothing_answers(ground, monkeypatch):
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"Elasticsearch cannot be used: .*Connection refused"):
        lease("elasticsearch")
