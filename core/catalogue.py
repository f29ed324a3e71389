"""Folders → katas. Reads kata.toml and names; imports nothing of any kata, and no Django.

A folder `<root>/<track>/<slug>/` with a kata.toml is the registration. Finding one kata looks for
its name in each track and reads one file, so it costs the same with ten katas as with a thousand.
"""

import difflib
import json
import keyword
import os
import sys
import time
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import KataError
from core.kata import Kata, kata_from_toml
from core.state import ROOT
from core.terminal import terminal

# The order in which tracks are read; others follow by name.
TRACKS = (
    "basics",
    "language",
    "oop",
    "patterns",
    "concurrency",
    "orm",
    "models",
    "web",
    "api",
    "services",
    "delivery",
)


SETTLED = 2 * 10**9  # nanoseconds: some file systems tell no two changes within these apart

# Katas as they were read, by their folder, with what tells that kata.toml changed.
_READ: dict[str, tuple[tuple[int, ...], Kata]] = {}


@dataclass(frozen=True)
class Catalogue:
    """Every kata that reads well, in reading order, and what is wrong with those that do not."""

    katas: tuple[Kata, ...]
    problems: tuple[KataError, ...]


@dataclass(frozen=True)
class Cases:
    """What author/cases.json records: the task of each case, and the checksum of tests.py.

    `predict` is a call whose queries a learner may guess before the first run, "" for none.
    """

    tests: str
    tasks: dict[str, int]
    predict: str = ""


def roots() -> tuple[Path, ...]:
    """The workspace's own katas/, then the folders of KATA_PATH."""
    named = os.environ.get("KATA_PATH", "")
    more = [Path(os.path.expanduser(part)).absolute() for part in named.split(os.pathsep) if part]
    for path in more:
        fix = f"Make the folder, or unset it: `unset KATA_PATH`. Now: {named}"
        check_root(path, "KATA_PATH", fix)
    return tuple(dict.fromkeys([ROOT / "katas", *more]))


def check_root(path: Path, named_by: str, fix: str) -> None:
    """KataError for a folder that cannot hold tracks; `fix` where it is none at all."""
    if not path.is_dir():
        raise KataError(f"{named_by} names {path}, which is not a folder.", hint=fix)
    # A child has these loaded already: it would look for the katas in them.
    taken = path.name in ("core", "django", *sys.stdlib_module_names)
    if taken or not path.name.isidentifier() or keyword.iskeyword(path.name):
        raise KataError(
            f"{named_by} names {path}; {path.name!r} cannot be the name of a Python package.",
            hint="Rename the folder to letters, digits and underscores, and no name that Python has.",
        )


def folders() -> Iterator[Path]:
    """Every folder with a kata.toml."""
    for folder, _ in _registered():
        yield Path(folder)


def named(name: str) -> list[Path]:
    """The folders of the katas of that name; more than one is a mistake in the catalogue."""
    if not name or name[0] in "._" or "/" in name:
        return []
    found = [f"{track}/{name}" for root in roots() for track in subfolders(str(root))]
    return [
        Path(folder)
        for folder in found
        if os.path.isdir(folder) and not isinstance(_toml(folder), FileNotFoundError)
    ]


def is_track(name: str) -> bool:
    """Whether katas lie in a track of that name."""
    return next(_registered(name), None) is not None


def _registered(only: str | None = None) -> Iterator[tuple[str, os.stat_result | OSError]]:
    """Every folder with a kata.toml, or those of one track, and what the system says of that file.

    Folders are text here: a thousand paths cost as much as all the rest of a list.
    """
    for root in roots():
        for track in subfolders(str(root)):
            if only is not None and os.path.basename(track) != only:
                continue
            for folder in subfolders(track):
                found = _toml(folder)
                # Where one may not look, `load` says so: a kata does not vanish in silence.
                if not isinstance(found, FileNotFoundError):
                    yield folder, found


def _toml(folder: str) -> os.stat_result | OSError:
    try:
        return os.stat(f"{folder}/kata.toml")
    except OSError as error:
        return error


def subfolders(folder: str) -> list[str]:
    """What may be a track or a kata; KataError where one may not look."""
    try:
        with os.scandir(folder) as entries:
            return sorted(e.path for e in entries if e.name[0] not in "._" and e.is_dir())
    except OSError as error:
        raise KataError(f"The folder {folder} cannot be read: {error.strerror}.") from error


def load(folder: Path) -> Kata:
    """The kata of one folder; KataError names file, field and fix.

    A process that stays reads each file once: parsing a thousand takes half a second.
    """
    return _load(str(folder), _toml(str(folder)))


def _load(folder: str, found: os.stat_result | OSError) -> Kata:
    if isinstance(found, OSError):
        return _read(Path(folder))  # says why
    state = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
    known = _READ.get(folder)
    if known and known[0] == state:
        return known[1]
    kata = _read(Path(folder))
    if time.time_ns() - max(state[:2]) > SETTLED:
        _READ[folder] = (state, kata)
    return kata


def _read(folder: Path) -> Kata:
    path = folder / "kata.toml"
    try:
        text = path.read_text(encoding="utf-8")
        return kata_from_toml(folder, tomllib.loads(text))
    except OSError as error:
        raise KataError(f"{relative(path)} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise KataError(
            f"{relative(path)} is not UTF-8 text (byte {error.start}).",
            hint="Save the file as UTF-8.",
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise KataError(
            f"{relative(path)} is not valid TOML: {error}.",
            hint='Strings need quotes: title = "Join what you need".',
        ) from error


def catalogue(track: str | None = None) -> Catalogue:
    """All katas, or a track's. One that does not read is a problem, and hides itself alone."""
    katas: dict[str, Kata] = {}
    uuids: dict[str, Kata] = {}
    problems: list[KataError] = []
    for folder, found in _registered(track):
        try:
            kata = _load(folder, found)
        except KataError as error:
            problems.append(error)
            continue
        slug = kata.slug
        if slug in katas:
            problems.append(_same_name(katas[slug].folder, kata.folder))
        elif kata.uuid in uuids:
            problems.append(_same_uuid(uuids[kata.uuid].folder, kata.folder))
        else:
            katas[slug] = uuids[kata.uuid] = kata
    ordered = sorted(katas.values(), key=reading_order)
    return Catalogue(tuple(ordered), tuple(problems))


def _same_name(first: Path, second: Path) -> KataError:
    return KataError(
        f"Two katas are called {first.name!r}: {relative(first)} and {relative(second)}.",
        hint=f"Rename {relative(second)}: the name is also its app, its command and its address.",
    )


def _same_uuid(first: Path, second: Path) -> KataError:
    return KataError(
        f"Two katas have one uuid: {relative(first)} and {relative(second)}.",
        hint=f'Give {relative(second)} its own, or they share their runs: uuid = "{uuid.uuid4()}".',
    )


def reading_order(kata: Kata) -> tuple[int, str, int, int, str]:
    return (track_place(kata.track), kata.track, kata.order, kata.level, kata.slug)


def track_place(track: str) -> int:
    """Where a track is read among all; those that are not known come last, by name."""
    return TRACKS.index(track) if track in TRACKS else len(TRACKS)


def get(name: str) -> Kata:
    """The kata of that name; KataError suggests the nearest names."""
    found = named(name)
    if len(found) > 1:
        raise _same_name(*found[:2])
    if found:
        return load(found[0])
    names = sorted({folder.name for folder in folders()})
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    near += [other for other in names if name and name in other and other not in near][:3]
    raise KataError(
        f"There is no kata {name!r}.",
        hint=(f"Did you mean {' or '.join(near)}? " if near else "")
        + f"Run `{command()}` for all names.",
    )


def cases(kata: Kata) -> Cases | None:
    """The recorded cases; None where the kata has no author/cases.json (allowed on KATA_PATH)."""
    path = kata.folder / "author" / "cases.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        tasks = {str(name): int(task) for name, task in data["cases"].items()}
        return Cases(str(data["tests"]), tasks, str(data.get("predict", "")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KataError(
            f"{relative(path)} cannot be read: {error}.",
            hint=f"Put it back with `git checkout -- {relative(path)}`, "
            f"or write it again: `python manage.py kata_check {kata.slug} --write`.",
        ) from error


def command() -> str:
    """How the person calls the command, for sentences that name it."""
    return terminal().command


def relative(path: Path) -> str:
    """A path as it reads best: from the workspace's folder where it lies inside."""
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)
