"""Requests to a lab, without a browser's help: no redirects are followed."""

import html
import http.client
import re
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: http.client.HTTPMessage
    cookies: dict[str, str]

    @property
    def words(self) -> str:
        """The text as it reads."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text)).split())


def asked(
    method: str,
    address: str,
    *,
    cookies: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    data: dict[str, str] | None = None,
) -> Answer:
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    if cookies:
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if data is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    where = f"{url.path}?{url.query}" if url.query else url.path
    try:
        connection.request(method, where, urlencode(data) if data is not None else None, sent)
        found = connection.getresponse()
        text = found.read().decode()
    except http.client.RemoteDisconnected:  # its server was replaced
        return Answer(0, "", http.client.HTTPMessage(), {})
    except ConnectionResetError:
        return Answer(0, "", http.client.HTTPMessage(), {})
    finally:
        connection.close()
    given = SimpleCookie()
    for line in found.headers.get_all("Set-Cookie") or []:
        given.load(line)
    return Answer(
        found.status, text, found.headers, {name: each.value for name, each in given.items()}
    )
