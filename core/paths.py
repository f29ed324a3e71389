"""Paths: katas in an order for a purpose, each a TOML file in a `paths` folder beside the tracks."""

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.catalogue import Catalogue, command, relative, roots
from core.errors import KataError
from core.kata import Kata

FOLDER = "paths"
FIELDS = {"title": (str, "text"), "about": (str, "text"), "katas": (list, "list")}
NONE = "none"  # what is typed to follow none


@dataclass(frozen=True)
class KataPath:
    """Named as its file is. `katas` are slugs; one that is not there is passed over."""

    name: str
    file: Path
    title: str
    about: str
    katas: tuple[str, ...]

    def of(self, catalogue: Catalogue) -> tuple[Kata, ...]:
        """Its katas, in its order."""
        known = {kata.slug: kata for kata in catalogue.katas}
        return tuple(known[slug] for slug in self.katas if slug in known)


def paths() -> dict[str, KataPath]:
    """By name; KataError for a file that does not read."""
    return {path.name: path for path in map(_read, _files())}


def get(name: str) -> KataPath:
    """The path of that name; KataError suggests the nearest names."""
    names = {file.stem: file for file in _files()}
    if name in names:
        return _read(names[name])
    near = difflib.get_close_matches(name, [*names, NONE], n=2, cutoff=0.5)
    raise KataError(
        f"There is no path {name!r}.",
        hint=(f"Did you mean {' or '.join(near)}? " if near else "")
        + f"Run `{command()} --path` for all of them.",
    )


def problems(catalogue: Catalogue) -> Iterator[KataError]:
    """What is wrong with the paths: files that do not read, katas that are not there."""
    slugs = [kata.slug for kata in catalogue.katas]
    for file in _files():
        try:
            path = _read(file)
        except KataError as error:
            yield error
            continue
        for slug in path.katas:
            if slug not in slugs:
                near = difflib.get_close_matches(slug, slugs, n=1, cutoff=0.5)
                yield KataError(
                    f"{relative(file)}: there is no kata {slug!r}.",
                    hint=f"Did you mean {near[0]!r}?" if near else "Take it out until it is there.",
                )


def _files() -> Iterator[Path]:
    """One a name, the workspace's own first."""
    seen = set()
    for root in roots():
        for file in sorted((root / FOLDER).glob("*.toml")):
            if file.stem not in seen and file.stem != NONE:
                seen.add(file.stem)
                yield file


def _read(file: Path) -> KataPath:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise KataError(f"{relative(file)} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise KataError(f"{relative(file)} is not valid TOML: {error}.") from error
    example = 'A path is: title = "…", about = "…", katas = ["…", "…"]'
    for field, (kind, name) in FIELDS.items():
        if not isinstance(data.get(field), kind):
            problem = f"{relative(file)}: {field} is missing or no {name}."
            raise KataError(problem, hint=example)
    if unknown := [field for field in data if field not in FIELDS]:
        raise KataError(f"{relative(file)}: there is no field {unknown[0]!r}.", hint=example)
    katas = data["katas"]
    bad = [slug for n, slug in enumerate(katas) if not isinstance(slug, str) or slug in katas[:n]]
    if bad:
        problem = f"{relative(file)}: {bad[0]!r} stands there twice, or is no text."
        raise KataError(problem, hint=example)
    return KataPath(file.stem, file, data["title"], data["about"], tuple(katas))
