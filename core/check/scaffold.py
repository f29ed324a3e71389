"""A new kata: every file of the folder, an example that runs, and words that say what to write where."""

import dataclasses
import difflib
import hashlib
import json
import os
import shutil
import tempfile
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from core import catalogue
from core.catalogue import TRACKS, relative
from core.check.files import TODO, collisions
from core.errors import KataError
from core.kata import READERS, FieldError, Kata, check_name, kata_from_toml

TEMPLATES = Path(__file__).parent / "templates"
SUFFIX = "-tpl"  # so that no tool takes a template for what it makes
# Each is a folder of templates, laid on top of `every`.
KINDS = {
    "plain": "plain Python",
    "bookshop": "queries of the bookshop",
    "models": "models and their tables",
    "web": "views, without a database",
    "api": "an API of the bookshop",
}


@dataclass(frozen=True)
class Draft:
    """What an author says of a kata before there is one."""

    title: str
    level: int = 2
    tasks: tuple[str, ...] = (f"{TODO}what to do first, as a title",)
    kind: str = "plain"


@dataclass(frozen=True)
class Edit:
    """One of the two places that make the example the author's own."""

    path: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Scaffold:
    kata: Kata
    files: int
    edits: tuple[Edit, ...]  # the tests, then the solution


def destination(name: str, root: Path) -> Path:
    """The folder of a kata to be, such as `orm/joins`; KataError where it cannot be made."""
    track, _, slug = name.partition("/")
    if not track or not slug or "/" in slug:
        raise KataError(
            f"{name!r} is no TRACK/SLUG.", hint="Such as `python manage.py kata_new orm/my_joins`."
        )
    try:
        check_name(track)
        check_name(slug)
    except FieldError as error:
        raise KataError(f"{error.problem}.", hint=error.fix) from error
    _check_track(root, track)
    for what in collisions(slug):
        raise KataError(
            f"{slug!r} is also the name of {what}.",
            hint="Choose another: a kata's name is also its app, its command and its address.",
        )
    here = [path.parent for path in root.glob(f"*/{slug}/kata.toml")]
    for other in (*catalogue.named(slug), *here):
        raise KataError(
            f"There is a kata {slug!r} already: {relative(other)}.",
            hint="Choose another: no two katas have one name, whatever their tracks.",
        )
    folder = root / track / slug
    if os.path.lexists(folder):
        path = relative(folder)
        raise KataError(
            f"{path} exists already, and is no kata.",
            hint=f"Choose another name, or move it away: `mv {path} {path}.old`.",
        )
    return folder


def _check_track(root: Path, track: str) -> None:
    there = [os.path.basename(path) for path in catalogue.subfolders(str(root))]
    known = dict.fromkeys([*TRACKS, *there])
    if track not in known:
        near = difflib.get_close_matches(track, known, n=1)
        path = relative(root / track)
        raise KataError(
            f"There is no track {track!r}.",
            hint=(f"Did you mean {near[0]}? " if near else f"Tracks: {', '.join(known)}. ")
            + f"For a new one, make its folder first: `mkdir {path}`.",
        )


def checked(field: str, value: Any) -> Any:
    """A value of a field of kata.toml; KataError with what it may be."""
    try:
        return READERS[field](value)[field]
    except FieldError as error:
        raise KataError(f"{field}: {error.problem}.", hint=error.fix) from error


def scaffold(folder: Path, draft: Draft) -> Scaffold:
    """Write the kata, whole or not at all. `folder` is what `destination` gave."""
    files = dict(_files(folder.name, draft))
    kata = kata_from_toml(folder, tomllib.loads(files["kata.toml"]))
    try:
        _write(folder, files)
    except OSError as error:
        raise KataError(
            f"{relative(folder)} cannot be written: {error.strerror}.",
            hint="Free some space, or make the folder writable; nothing was left behind.",
        ) from error
    places = ("tests.py", f"author/solution/{kata.edit[0]}")
    edits = tuple(Edit(relative(folder / name), _marked(files[name])) for name in places)
    return Scaffold(kata, len(files), edits)


def _write(folder: Path, files: dict[str, str]) -> None:
    root = folder.parent.parent
    # Beside its place, so that one step moves it there; the catalogue passes over such a name.
    partial = Path(tempfile.mkdtemp(prefix=".new-", dir=root))
    try:
        for name, text in files.items():
            path = partial / folder.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        folder.parent.mkdir(exist_ok=True)
        os.rename(partial / folder.name, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _files(slug: str, draft: Draft) -> Iterator[tuple[str, str]]:
    """Every file of the new kata's folder: path in it, and text."""
    tasks = {f"Task{n}::test_step_{n}_0_example": n for n in range(1, len(draft.tasks) + 1)}
    for name, text in _rendered(slug, draft).items():
        yield name, text
        if name.startswith("author/stub/"):
            yield name.removeprefix("author/stub/"), text  # as it is shipped
        if name == "tests.py":
            found = {"tests": hashlib.sha256(text.encode()).hexdigest(), "cases": tasks}
            yield "author/cases.json", json.dumps(found, indent=2) + "\n"


def _rendered(slug: str, draft: Draft) -> dict[str, str]:
    engine = Engine(dirs=[str(TEMPLATES)])
    values = {**dataclasses.asdict(draft), "slug": slug, "uuid": uuid.uuid4()}
    edited = next((TEMPLATES / draft.kind / "author" / "stub").iterdir()).name
    values["edited"] = edited.removesuffix(SUFFIX)
    # A JSON string is a TOML string.
    quoted = [json.dumps(text, ensure_ascii=False) for text in (draft.title, *draft.tasks)]
    values["quoted"] = {"title": quoted[0], "tasks": quoted[1:]}
    context = Context(values, autoescape=False)
    found = {}
    for layer in ("every", draft.kind):
        for path in sorted((TEMPLATES / layer).rglob(f"*{SUFFIX}")):
            name = str(path.relative_to(TEMPLATES / layer)).removesuffix(SUFFIX)
            text = engine.get_template(str(path.relative_to(TEMPLATES))).render(context)
            found[name.replace("commands/slug.py", f"commands/{slug}.py")] = (
                f"{text.rstrip()}\n" if text.strip() else ""
            )
    return found


def _marked(text: str) -> tuple[int, ...]:
    return tuple(n for n, line in enumerate(text.splitlines(), 1) if TODO in line)
