"""The documentation is tested: what is not written there does not exist, and the other way round."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import load_command_class

from core.check import answers, documents, files
from core.kata import READERS, Limits
from tests.conftest import ROOT

DOCS = {path.name: path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
DJANGOS = {
    "--help",
    "--version",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--skip-checks",
    "--noinput",
}


@pytest.mark.parametrize(
    ("app", "name"),
    [
        ("core", "kata"),
        ("core", "kata_check"),
        ("core", "kata_demo"),
        ("core", "kata_export"),
        ("core", "kata_import"),
        ("core.bookshop", "bookshop"),
    ],
)
def test_every_flag_is_in_the_reference(app, name):
    parser = load_command_class(app, name).create_parser("manage.py", name)
    flags = {
        flag
        for action in parser._actions
        for flag in action.option_strings
        if flag.startswith("--")
    }
    assert [
        flag for flag in sorted(flags - DJANGOS) if f"`{flag}" not in DOCS["reference.md"]
    ] == []


def test_every_field_of_kata_toml_is_described():
    text = DOCS["add-a-kata.md"]
    missing = [name for name in READERS if f"`{name}`" not in text and f"[{name}]" not in text]
    missing += [name for name in Limits.__dataclass_fields__ if f"`{name}`" not in text]
    assert missing == []


def test_every_rule_of_kata_check_is_described():
    used = set()
    for module in (answers, documents, files):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "finding":
                used.add(node.args[2].value)
    table = DOCS["add-a-kata.md"].split("## What kata_check holds")[1]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == used


def test_every_variable_of_the_environment_is_in_the_reference():
    used = set()
    for path in (ROOT / "core").rglob("*.py"):
        for name in re.findall(r"(?:environ(?:\.get)?[\[(]|env\()\"([A-Z_]+)\"", path.read_text()):
            used.add(name)
    used -= {"DJANGO_SETTINGS_MODULE", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "TERM_PROGRAM"}
    assert [name for name in sorted(used) if f"`{name}`" not in DOCS["reference.md"]] == []


def test_every_module_of_core_has_its_place_in_the_architecture():
    names = {
        path.name for path in (ROOT / "core").iterdir() if path.suffix == ".py" or path.is_dir()
    }
    names -= {"__init__.py", "__pycache__"}
    places = {name if "." in name else f"{name}/" for name in names}
    assert [
        name for name in sorted(places) if f"`core/{name}`" not in DOCS["architecture.md"]
    ] == []


@pytest.mark.parametrize("page", sorted(DOCS))
def test_every_link_leads_somewhere(page):
    folder = ROOT if page == "README.md" else ROOT / "docs"
    links = re.findall(r"\]\(([^)#:]+)\)", DOCS[page])
    assert [link for link in links if not (folder / link).exists()] == []


def test_every_path_in_the_readme_is_there():
    paths = re.findall(r"`((?:katas|scripts|docs|fixtures)/[\w/.]+)", DOCS["README.md"])
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_command_of_the_readme_answers(manage):
    """Each flag and command that the README names is one that the command knows."""
    status, helped, _ = manage("kata", "--help")
    assert status == 0
    flags = set(re.findall(r"scripts/kata[^`\n]*(--[a-z-]+)", DOCS["README.md"]))
    assert [flag for flag in flags if flag not in helped] == []
    for name in set(re.findall(r"`manage.py (\w+)", DOCS["README.md"])) - {"select_related"}:
        assert manage(name, "--help")[0] == 0, name
