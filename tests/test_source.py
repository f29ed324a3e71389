"""Sources: which there are, what each holds, and what stands there instead of a file."""

import errno
import hashlib
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import KataError
from core.kata import Kata, Wrong
from core.source import LARGEST, Source, UnreadableSource, author_sources, read_source
from tests.conftest import ROOT

OWN = (
    "Run `python manage.py kata joins --reset` for a fresh one; "
    "what stands there is moved to .kata/history."
)
OTHER = "A source of joins holds: exercise.py."


def write(folder: Path, **files: bytes) -> None:
    """Files by the name of their module; a path with "/" comes as **{…}."""
    for name, content in files.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def make(tmp_path: Path, *edit: str) -> Kata:
    folder = tmp_path / "katas" / "orm" / "joins"
    folder.mkdir(parents=True)
    wrong = tuple(Wrong(name, (1,), ("x",)) for name in ("slow", "not_there"))
    return Kata(folder, "u", "Joins", 1, ("One",), edit, wrong=wrong)


@pytest.fixture
def kata(tmp_path, monkeypatch):
    """One file to edit, all its sources, and a folder of somebody's to stand in."""
    monkeypatch.delenv("KATA_COMMAND", raising=False)
    kata = make(tmp_path, "exercise.py")
    write(kata.folder, exercise=b"mine")
    for name in ("stub", "solution", "wrong/slow", "wrong/unnamed"):
        write(kata.folder / "author" / name, exercise=name.encode())
    write(tmp_path / "here" / "attempt", exercise=b"by path", notes=b"not read")
    monkeypatch.chdir(tmp_path / "here")
    return kata


def words(kata: Kata, name: str = "exercise", kind: type[KataError] = UnreadableSource):
    with pytest.raises(KataError) as caught:
        read_source(kata, name)
    assert type(caught.value) is kind
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    ("name", "folder", "content"),
    [
        ("exercise", "../katas/orm/joins", b"mine"),
        ("stub", "../katas/orm/joins/author/stub", b"stub"),
        ("solution", "../katas/orm/joins/author/solution", b"solution"),
        ("wrong/slow", "../katas/orm/joins/author/wrong/slow", b"wrong/slow"),
        ("attempt", "attempt", b"by path"),
        ("./attempt/", "attempt", b"by path"),
        ("attempt/exercise.py", "attempt", b"by path"),
        ("attempt/notes.py", "attempt", b"not read"),
    ],
)
def test_every_name_gives_its_folder_and_files(kata, name, folder, content):
    found = read_source(kata, name)
    expected = Path(os.path.abspath(folder))
    single = Path(os.path.abspath(name)) if name.endswith(".py") else None
    assert found == Source(name, expected, {"exercise.py": content}, single=single)
    assert found.path("exercise.py") == (single or expected / "exercise.py")


def test_author_sources_are_those_that_are_there(kata):
    assert author_sources(kata) == ("stub", "solution", "wrong/slow")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("solutoin", "Did you mean solution? "),
        ("wrong/slo", "Did you mean wrong/slow? "),
        ("wrong/not_there", ""),  # named in kata.toml, and no folder
        ("/nowhere/at/all", ""),
        ("x" * 300, ""),
        ("a\0b", ""),
    ],
)
def test_error_unknown_name_suggests_the_nearest(kata, name, hint):
    message = f"joins has no source {name!r}, and no such folder is there."
    sources = "Sources: exercise, stub, solution, wrong/slow."
    assert words(kata, name, KataError) == (message, f"{hint}{sources}")


@pytest.mark.parametrize("edit", [("exercise.py", "models.py"), ("pages/",)])
def test_error_one_file_for_what_is_more_than_one(tmp_path, monkeypatch, edit):
    kata = make(tmp_path, *edit)
    path = tmp_path / "attempt.py"
    path.write_bytes(b"")
    message = f"joins has no source {str(path)!r}, and no such folder is there."
    assert words(kata, str(path), KataError) == (message, "Sources: exercise.")


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(path.parent)  # the path of a socket must be short
        server.bind(path.name)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: None, "is missing"),
        (Path.mkdir, "is a folder, not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a file"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
        (lambda path: path.symlink_to("gone.py"), "is missing"),
        (bind, "cannot be read: No such device or address"),
        (lambda path: path.write_bytes(b"#" * (LARGEST + 1)), "is larger than 1 MiB"),
    ],
    ids=["missing", "folder", "device", "loop", "dangling", "socket", "large"],
)
def test_error_no_file_in_its_place(kata, make, problem):
    path = kata.folder / "exercise.py"
    path.unlink()
    make(path)
    assert words(kata) == (f"{path} {problem}.", OWN)


def test_error_fifo_is_not_waited_for(kata):
    path = kata.folder / "exercise.py"
    path.unlink()
    os.mkfifo(path)
    code = (
        "import sys; from pathlib import Path; from core.kata import Kata; "
        "from core.source import read_source; "
        'read_source(Kata(Path(sys.argv[1]), "u", "t", 1, ("One",), ("exercise.py",)))'
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(kata.folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=10,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"UnreadableSource: {path} is not a file.\n" in done.stderr


def test_error_unreadable_file(kata, monkeypatch):
    def refuse(*_):  # root may read every file
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("core.source.os.open", refuse)
    assert words(kata) == (f"{kata.folder}/exercise.py cannot be read: Permission denied.", OWN)


def test_error_in_another_source_does_not_speak_of_a_reset(kata):
    (kata.folder / "author" / "stub" / "exercise.py").unlink()
    assert words(kata, "stub") == (f"{kata.folder}/author/stub/exercise.py is missing.", OTHER)
    assert words(kata, "..") == (f"{Path.cwd()}/../exercise.py is missing.", OTHER)


def test_failures_leave_no_descriptor_open(kata):
    (kata.folder / "exercise.py").unlink()
    (kata.folder / "exercise.py").mkdir()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        words(kata)
    assert len(os.listdir("/proc/self/fd")) == before


def test_symlink_to_a_file_and_the_largest_file_are_read(kata):
    path = kata.folder / "exercise.py"
    path.write_bytes(b"#" * LARGEST)
    path = path.rename(kata.folder / "big.py")
    (kata.folder / "exercise.py").symlink_to(path)
    assert read_source(kata).files == {"exercise.py": b"#" * LARGEST}


@pytest.fixture
def folders(tmp_path):
    """A kata whose learner edits a file and a whole folder."""
    kata = make(tmp_path, "models.py", "migrations/")
    write(
        kata.folder,
        models=b"m",
        other=b"not read",
        **{
            "migrations/__init__": b"",
            "migrations/deep/first": b"1",
            "migrations/__pycache__/first": b"compiled",
        },
    )
    return kata


def test_entry_that_is_a_folder_is_all_its_files(folders):
    assert read_source(folders).files == {
        "models.py": b"m",
        "migrations/__init__.py": b"",
        "migrations/deep/first.py": b"1",
    }


@pytest.mark.parametrize(
    ("make", "problem"),
    [(lambda path: None, "is missing"), (Path.touch, "is not a folder")],
    ids=["missing", "file"],
)
def test_error_no_folder_in_its_place(folders, make, problem):
    path = folders.folder / "migrations"
    path.rename(folders.folder / "aside")
    make(path)
    assert words(folders) == (f"{path} {problem}.", OWN)


def checksum(**files: bytes) -> str:
    return Source("exercise", Path(), files).checksum


def test_checksum_is_that_of_paths_lengths_and_bytes():
    assert checksum(b=b"2", a=b"1") == hashlib.sha256(b"a\x001\x001b\x001\x002").hexdigest()
    assert checksum(a=b"1", b=b"2") == checksum(b=b"2", a=b"1")
    assert Source("stub", Path("/x"), {"a": b"1"}).checksum == checksum(a=b"1")


def test_checksum_differs_for_a_byte_that_moved():
    variants = [
        {"a": b"12", "b": b"3"},
        {"a": b"1", "b": b"23"},
        {"a": b"123", "b": b""},
        {"a": b"123"},
        {"ab": b"12", "": b"3"},
    ]
    assert len({checksum(**files) for files in variants}) == len(variants)


def test_checksum_of_a_name_that_is_not_utf8():
    name = os.fsdecode(b"\xff.py")
    assert re.fullmatch("[0-9a-f]{64}", Source("exercise", Path(), {name: b""}).checksum)


def test_error_a_wrong_answer_that_kata_toml_does_not_name(kata):
    assert words(kata, "wrong/unnamed", KataError) == (
        "joins has a folder author/wrong/unnamed, and kata.toml does not name it.",
        'Add to kata.toml: [[wrong]] name = "unnamed".',
    )
