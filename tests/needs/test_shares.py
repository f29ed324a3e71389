"""What a run is told of what its kata needs."""

import dataclasses

from core import catalogue
from core.needs.shares import shares
from tests.needs.test_find import bare, program  # noqa: F401 - a fixture


def test_programs_are_told_by_their_path(bare, samples):  # noqa: F811
    paths = {name: program(bare, name) for name in ("nginx", "chromium")}
    kata = dataclasses.replace(catalogue.get("bounded"), needs=("chromium", "nginx"))
    with shares(kata, "none", apps=None, make=False) as given:
        assert given.environment == {
            "NGINX": str(paths["nginx"]),
            "CHROMIUM": str(paths["chromium"]),
        }
    with shares(catalogue.get("bounded"), "none", apps=None, make=False) as given:
        assert given.environment == {}
