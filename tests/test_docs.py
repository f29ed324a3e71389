"""The documentation is tested: what is not written there does not exist, and the other way round."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import load_command_class

from core.check import answers, documents, files, mutation
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
        ("core", "serve"),
        ("core", "shell_plus"),
        ("core", "kata_doctor"),
        ("core", "kata_new"),
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
    for module in (answers, documents, files, mutation):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "finding":
                used.add(node.args[2].value)
    table = DOCS["add-a-kata.md"].split("## What kata_check holds")[1]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == used


def test_every_variable_of_the_environment_is_in_the_reference():
    used = set()
    for path in (ROOT / "core").rglob("*.py"):
        for name in re.findall(
            r"(?:os\.environ(?:\.get)?[\[(]|env\(|rate\()\"([A-Z_]+)\"", path.read_text()
        ):
            used.add(name)
    used -= {"DJANGO_SETTINGS_MODULE", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "TERM_PROGRAM"}
    used -= {"CELERY_SKIP_CHECKS"}  # set for a worker, and never read here
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
    links = re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", DOCS[page])
    named = dict(re.findall(r"^\[(\w+)\]: (\S+)$", DOCS[page], re.MULTILINE))
    assert [link for link in [*links, *named.values()] if not (folder / link).exists()] == []
    words = re.sub(r"```.*?```|`[^`]*`", "", DOCS[page], flags=re.DOTALL)
    used = re.findall(r"\[(\w+)\](?![(:])", words) + re.findall(
        r"^> \[(\w+)\]:", words, re.MULTILINE
    )
    assert set(used) <= set(named)


@pytest.mark.parametrize("page", sorted(DOCS))
def test_every_heading_that_a_link_names_is_there(page):
    folder = ROOT if page == "README.md" else ROOT / "docs"
    for name, heading in re.findall(r"\]\(([^)#:]*)#([\w-]+)\)", DOCS[page]):
        text = (folder / (name or page)).read_text()
        titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        assert heading in [
            re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in titles
        ]


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


GUIDE = DOCS["author-guide.md"]
KATAS = {folder.name: folder for folder in (ROOT / "katas").glob("*/*")}


def test_every_excerpt_of_the_guide_stands_in_its_file():
    """A block of code names its file in the first line; the others stand there, in this order."""
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        first, *lines = [line.strip() for line in block.splitlines()]
        text = [line.strip() for line in (ROOT / first.removeprefix("# ")).read_text().splitlines()]
        assert any(text[at : at + len(lines)] == lines for at in range(len(text))), block


def test_every_sentence_that_the_guide_quotes_stands_in_its_kata():
    quotes = re.findall(r"^> \[(\w+)\]: \"(.+?)\"(?=\n[^>])", GUIDE, re.MULTILINE | re.DOTALL)
    assert quotes
    for slug, quote in quotes:
        files = [path for path in KATAS[slug].iterdir() if path.suffix in (".md", ".py")]
        texts = [" ".join(path.read_text().split()) for path in files]
        assert any(" ".join(quote.replace("\n> ", " ").split()) in text for text in texts), quote


def test_every_wrong_answer_and_module_that_the_guide_names_is_there():
    wrong = re.findall(r"`(\w+)/(\w+)`", GUIDE)
    assert wrong
    assert [
        each for each in wrong if not (KATAS[each[0]] / "author" / "wrong" / each[1]).is_dir()
    ] == []
    modules = {path.name for path in [*ROOT.glob("core/judge/*.py"), *ROOT.glob("katas/*/*/*.py")]}
    assert set(re.findall(r"`(\w+\.py)`", GUIDE)) - modules == set()
    paths = re.findall(r"`((?:core|katas|tests|docs)/[\w/.]+)`", GUIDE)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_guide_shows_every_kata_that_it_links_to():
    """And each of its links is used: what it says of a kata that has gone would go as well."""
    body, _, definitions = GUIDE.partition("\n[select_related]: ")
    linked = re.findall(r"^\[(\w+)\]:", "[select_related]: " + definitions, re.MULTILINE)
    assert [slug for slug in linked if f"[{slug}]" not in body] == []
