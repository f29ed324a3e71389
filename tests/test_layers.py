"""Imports point one way, the learner's code is never imported, and the fast path stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES

# Each layer may import itself and what stands above it in this list; see docs/architecture.md.
LAYERS = (
    ("errors", "logs", "processes", "runtime", "state", "terminal", "clock", "verdict", "fields"),
    ("kata",),
    ("catalogue",),
    ("source", "documents", "comparison", "paths"),
    ("needs",),
    ("judge", "editing"),
    ("demo",),
    ("runner",),
    ("check", "doctor"),
    ("models",),
    ("standings",),
    ("runs",),
    ("practice",),
    ("celery",),
    ("queue",),
    ("transfer",),
    ("report",),
    (
        *("management", "api", "apps", "cockpit", "urls", "wsgi", "migrations"),
        *("lab", "login", "production", "serve", "server", "settings"),
        *("views", "watch", "worker"),
    ),
)
OUTSIDE = ("bookshop",)  # the domain: knows errors, the base of commands, and nothing of katas


def modules() -> list[Path]:
    return sorted(path for path in (ROOT / "core").rglob("*.py"))


def layer(name: str) -> int:
    part = name.split(".")[1] if "." in name else ""
    return next((n for n, names in enumerate(LAYERS) if part in names), -1)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= set(names) if node.module == "core" else {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name == "core" or name.startswith("core.")}


def test_every_module_has_a_layer():
    known = {name for names in LAYERS for name in names} | set(OUTSIDE) | {"__init__"}
    assert {
        path.relative_to(ROOT / "core").parts[0].removesuffix(".py") for path in modules()
    } == known


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    if name.startswith("core.bookshop"):
        allowed = (
            *("core.bookshop", "core.errors", "core.state"),
            *("core.management.base", "core.report.console"),
        )
        assert all(each.startswith(allowed) for each in imports(path))
        return
    wrong = [each for each in imports(path) if layer(each) > layer(name)]
    assert wrong == []


def test_nothing_in_core_imports_a_kata():
    for path in modules():
        text = path.read_text()
        assert "import katas" not in text, path
        assert "from katas" not in text, path


@pytest.mark.parametrize(
    "module",
    [
        "core.catalogue",
        "core.runner.run",
        "core.runner.keeper",
        "core.server.client",
        "core.needs.lease",
    ],
)
def test_the_way_to_a_verdict_imports_no_django(module):
    heavy = "('django', 'pytest', 'rich')"
    code = f"import sys, {module}; print([m for m in sys.modules if m.split('.')[0] in {heavy}])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_one_kata_is_installed_and_none_of_it_in_the_parent(samples):
    """A run leaves no module of the kata in this process."""
    from core import catalogue
    from core.runner.run import run

    run(catalogue.get("bounded"), "solution", seed=1)
    assert [name for name in sys.modules if name.startswith(("samples", "katas"))] == []
    assert SAMPLES.is_dir()
