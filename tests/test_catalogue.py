"""Folders → katas: which are found, in which order, and what a bad one does to the others."""

import json
import os
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from core import catalogue
from core.catalogue import Cases
from core.errors import KataError

NEW = "00000000-0000-4000-8000-00000000000f"
NAMES = "Run `python manage.py kata` for all names."
LETTERS = "Rename the folder to letters, digits and underscores, and no name that Python has."


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A workspace of its own, with an empty katas/."""
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.setattr("uuid.uuid4", lambda: uuid.UUID(NEW))
    monkeypatch.delenv("KATA_PATH", raising=False)
    monkeypatch.delenv("KATA_COMMAND", raising=False)
    (tmp_path / "katas").mkdir()
    return tmp_path / "katas"


def make(root: Path, place: str, **fields: object) -> Path:
    """A folder with a kata.toml; the uuid follows from the place."""
    values = {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, place)),
        "title": "A title",
        "level": 1,
        "tasks": ["One"],
        "edit": ["exercise.py"],
    }
    folder = root / place
    folder.mkdir(parents=True)
    lines = [f"{name} = {json.dumps(value)}" for name, value in (values | fields).items()]
    (folder / "kata.toml").write_text("\n".join(lines))
    return folder


def slugs() -> list[str]:
    return [kata.slug for kata in catalogue.catalogue().katas]


def problems() -> list[str]:
    return [str(problem) for problem in catalogue.catalogue().problems]


def error(call, *arguments) -> str:
    with pytest.raises(KataError) as caught:
        call(*arguments)
    return str(caught.value)


@contextmanager
def unprivileged():
    """For root, who may read everything: nobody's rights for a while."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_order_is_track_order_level_slug(root):
    for place, fields in {
        "orm/zebra": {"level": 3},
        "orm/apple": {"order": 20},
        "orm/pear": {"level": 2},
        "orm/fig": {"level": 2},
        "basics/last": {"order": 90},
        "zoo/animal": {},
        "aside/thing": {},
    }.items():
        make(root, place, **fields)
    assert slugs() == ["last", "fig", "pear", "zebra", "apple", "thing", "animal"]
    assert problems() == []


def test_folder_without_kata_toml_and_hidden_ones_are_none(root):
    make(root, "orm/joins")
    make(root, "orm/.joins")
    make(root, "_orm/joins")
    (root / "orm" / "notes").mkdir()
    (root / "orm" / "kata.toml").write_text("")
    assert (slugs(), problems()) == (["joins"], [])


def test_bad_kata_hides_itself_alone(root):
    make(root, "orm/joins")
    make(root, "orm/broken", level=9)
    (make(root, "orm/torn") / "kata.toml").write_text("uuid")
    assert slugs() == ["joins"]
    assert problems() == [
        "katas/orm/broken/kata.toml: level: 9 is not a whole number from 1 to 4.\n"
        "Write one of these, such as 1.",
        "katas/orm/torn/kata.toml is not valid TOML: Expected '=' after a key in a key/value pair "
        '(at end of document).\nStrings need quotes: title = "Join what you need".',
    ]


def test_two_of_one_name(root):
    make(root, "models/joins")
    make(root, "orm/joins")
    words = (
        "Two katas are called 'joins': katas/models/joins and katas/orm/joins.\n"
        "Rename katas/orm/joins: the name is also its app, its command and its address."
    )
    assert (slugs(), problems()) == (["joins"], [words])
    assert error(catalogue.get, "joins") == words


def test_two_of_one_uuid(root):
    for slug in ("joins", "copied"):
        make(root, f"orm/{slug}", uuid="00000000-0000-4000-8000-000000000001")
    assert slugs() == ["copied"]
    assert problems() == [
        "Two katas have one uuid: katas/orm/copied and katas/orm/joins.\n"
        f'Give katas/orm/joins its own, or they share their runs: uuid = "{NEW}".'
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("iteratros", f"Did you mean iterators? {NAMES}"),
        ("related", f"Did you mean select_related or prefetch_related? {NAMES}"),
        ("iter", f"Did you mean iterators? {NAMES}"),
        ("zzz", NAMES),
        ("", NAMES),
        ("../orm", NAMES),
    ],
)
def test_error_unknown_name_suggests_the_nearest(root, name, hint):
    for place in ("orm/select_related", "orm/prefetch_related", "language/iterators"):
        make(root, place)
    assert error(catalogue.get, name) == f"There is no kata {name!r}.\n{hint}"


def test_get_reads_one_file_among_a_thousand(root, monkeypatch):
    for number in range(1000):
        make(root, f"track{number % 10}/kata_{number}")
    read = []
    text = Path.read_text
    monkeypatch.setattr(
        Path, "read_text", lambda path, **how: read.append(path) or text(path, **how)
    )
    assert catalogue.get("kata_567").track == "track7"
    assert read == [root / "track7" / "kata_567" / "kata.toml"]


def test_kata_path_adds_roots_each_once(root, tmp_path, monkeypatch):
    make(root, "orm/joins")
    for name in ("mine", "yours"):
        make(tmp_path / name, f"orm/{name}_kata")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KATA_PATH", f"mine:{tmp_path}/yours:{tmp_path}/mine::katas")
    assert catalogue.roots() == (root, tmp_path / "mine", tmp_path / "yours")
    assert slugs() == ["joins", "mine_kata", "yours_kata"]
    assert catalogue.get("mine_kata").package == "mine.orm.mine_kata"


def test_error_kata_path_is_no_folder(root, tmp_path, monkeypatch):
    value = f"{tmp_path}/gone:~nobody_is_called_so/x"
    monkeypatch.setenv("KATA_PATH", value)
    assert error(catalogue.roots) == (
        f"KATA_PATH names {tmp_path}/gone, which is not a folder.\n"
        f"Make the folder, or unset it: `unset KATA_PATH`. Now: {value}"
    )


@pytest.mark.parametrize("name", ["two-words", "2nd", "class", "json", "core", "django"])
def test_error_kata_path_is_no_name_for_a_package(root, tmp_path, monkeypatch, name):
    path = tmp_path / name
    path.mkdir()
    monkeypatch.setenv("KATA_PATH", str(path))
    words = f"KATA_PATH names {path}; {name!r} cannot be the name of a Python package."
    assert error(catalogue.roots) == f"{words}\n{LETTERS}"


def test_error_katas_folder_is_gone(root):
    root.rmdir()
    assert error(catalogue.catalogue) == (
        f"The folder {root} cannot be read: No such file or directory."
    )


def test_unreadable_kata_is_a_problem_and_does_not_vanish(monkeypatch):
    with tempfile.TemporaryDirectory() as name:  # one that others may enter, unlike tmp_path
        Path(name).chmod(0o755)
        monkeypatch.setattr(catalogue, "ROOT", Path(name))
        monkeypatch.delenv("KATA_PATH", raising=False)
        root = Path(name, "katas")
        make(root, "orm/joins")
        folder, file = make(root, "orm/folder"), make(root, "orm/file") / "kata.toml"
        folder.chmod(0)
        file.chmod(0)
        with unprivileged():
            assert slugs() == ["joins"]
            assert problems() == [
                "katas/orm/file/kata.toml cannot be read: Permission denied.",
                "katas/orm/folder/kata.toml cannot be read: Permission denied.",
            ]
        folder.chmod(0o700)


@pytest.mark.parametrize(
    ("put", "message", "hint"),
    [
        (
            lambda path: path.write_text("title = Join"),
            "is not valid TOML: Invalid value (at line 1, column 9).",
            'Strings need quotes: title = "Join what you need".',
        ),
        (
            lambda path: path.write_bytes(b'title = "\xff"'),
            "is not UTF-8 text (byte 9).",
            "Save the file as UTF-8.",
        ),
        (lambda path: path.mkdir(), "cannot be read: Is a directory.", ""),
        (
            lambda path: path.symlink_to(path),
            "cannot be read: Too many levels of symbolic links.",
            "",
        ),
    ],
    ids=["not toml", "not utf-8", "a folder", "a loop"],
)
def test_error_file_that_does_not_read(tmp_path, put, message, hint):
    path = tmp_path / "kata.toml"
    put(path)
    with pytest.raises(KataError) as caught:
        catalogue.load(tmp_path)
    assert (caught.value.message, caught.value.hint) == (f"{path} {message}", hint)


def test_cases_as_recorded(root):
    kata = catalogue.load(make(root, "orm/joins"))
    assert catalogue.cases(kata) is None
    path = kata.folder / "author" / "cases.json"
    path.parent.mkdir()
    path.write_text('{"tests": "abc", "cases": {"One::test_it": 1}}')
    assert catalogue.cases(kata) == Cases("abc", {"One::test_it": 1})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value: line 1 column 1 (char 0)"),
        (b"[]", "list indices must be integers or slices, not str"),
        (b'{"cases": {}}', "'tests'"),
        (b'{"tests": "", "cases": []}', "'list' object has no attribute 'items'"),
        (b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)
def test_error_cases_that_do_not_read(root, content, reason):
    kata = catalogue.load(make(root, "orm/joins"))
    path = kata.folder / "author" / "cases.json"
    path.parent.mkdir()
    path.write_bytes(content)
    assert error(catalogue.cases, kata) == (
        f"katas/orm/joins/author/cases.json cannot be read: {reason}.\n"
        "Put it back with `git checkout -- katas/orm/joins/author/cases.json`, "
        "or write it again: `python manage.py kata_check joins --write`."
    )
