"""Elasticsearch, which only a URL names: a prefix of its own for each holder's indexes."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core.needs.find import Found
from core.needs.rest import FAILURES, Refused, ask
from core.needs.server import Server, Share, first_line


class Elasticsearch(Server):
    def __init__(self, found: Found, folder: Path) -> None:
        super().__init__(found, folder)
        self.prefix = f"kata_{self.mark}_"

    def start(self) -> None:
        try:
            self.answers()
            self._drop(self.prefix)  # what a killed host of ours left
        except FAILURES as error:
            self.fails(first_line(str(error)), error)
        self.running = True

    def lend(self, wish: dict[str, Any]) -> Share:
        name = f"{self.prefix}{secrets.token_hex(4)}_"
        return Share(name, {"ELASTICSEARCH_URL": self.found.url, "ELASTICSEARCH_PREFIX": name})

    def take_back(self, share: Share) -> None:
        self._drop(share.name)

    def answers(self) -> None:
        found = ask(self.found.url, "GET", "")
        if not isinstance(found, dict) or "cluster_name" not in found:
            raise Refused("what answers there is no Elasticsearch")

    def _drop(self, prefix: str) -> None:
        """By name each: a server may refuse to delete what a pattern matches."""
        mine = f"_cat/indices/{prefix}*?format=json&expand_wildcards=all"
        for each in ask(self.found.url, "GET", mine):
            ask(self.found.url, "DELETE", quote(each["index"], safe=""))
