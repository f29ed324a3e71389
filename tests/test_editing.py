"""A fresh file in place of the learner's: theirs is in the history, or it was never touched."""

import errno
import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from core import editing, state
from core.errors import KataError
from core.kata import Kata


@pytest.fixture(autouse=True)
def history(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "STATE", tmp_path / "state")
    return tmp_path / "state" / "history" / "joins"


@pytest.fixture
def kata(tmp_path):
    """Two files and a folder to edit, with what is shipped of them and what the learner made."""
    folder = tmp_path / "katas" / "orm" / "joins"
    write(folder / "author" / "stub", {"a.py": "A", "sub/b.py": "B", "migrations/one.py": "1"})
    write(folder, MINE | {"tests.py": "tests"})
    return Kata(folder, "u", "Joins", 1, ("One",), ("a.py", "sub/b.py", "migrations/"))


MINE = {"a.py": "mine", "sub/b.py": "B", "migrations/one.py": "1", "migrations/two.py": "mine"}
FRESH = {"a.py": "A", "sub/b.py": "B", "migrations/one.py": "1", "tests.py": "tests"}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder but the author's."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else "no file"
        for path in sorted(folder.rglob("*"))
        if not (path.is_dir() and not path.is_symlink()) and "author" not in path.parts
    }


def only(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def words(call, *arguments) -> tuple[str, str]:
    with pytest.raises(KataError) as caught:
        call(*arguments)
    return caught.value.message, caught.value.hint


def test_reset_moves_all_to_the_history_and_puts_the_stub(kata, history):
    kept = editing.reset(kata)
    assert kept == only(history)
    assert tree(kept) == MINE
    assert tree(kata.folder) == FRESH
    assert stat.S_IMODE((kata.folder / "a.py").stat().st_mode) & 0o600 == 0o600


def test_reset_of_what_is_fresh_does_nothing(kata, history):
    editing.reset(kata)
    before = (kata.folder / "a.py").stat().st_mtime_ns
    assert editing.reset(kata) is None
    assert (kata.folder / "a.py").stat().st_mtime_ns == before
    assert len(list(history.iterdir())) == 1


def test_two_resets_are_kept_apart(kata, history):
    first = editing.reset(kata)
    write(kata.folder, {"a.py": "second"})
    second = editing.reset(kata)
    assert (tree(first)["a.py"], tree(second)["a.py"]) == ("mine", "second")
    assert sorted(history.iterdir()) == [first, second]


def test_restore_puts_the_files_of_a_run(kata):
    kept = editing.restore(kata, {"a.py": b"then", "migrations/deep/\xe9.py": b"\xff\0"})
    assert tree(kept) == MINE
    assert (kata.folder / "a.py").read_bytes() == b"then"
    assert (kata.folder / "migrations/deep/\xe9.py").read_bytes() == b"\xff\0"
    assert not (kata.folder / "migrations/one.py").exists()


def folder_in_place(path: Path) -> None:
    path.mkdir()
    (path / "note.txt").write_text("mine")


@pytest.mark.parametrize(
    ("make", "kept"),
    [
        (lambda path: None, {}),
        (folder_in_place, {"a.py/note.txt": "mine"}),
        (os.mkfifo, {"a.py": "no file"}),
        (lambda path: path.symlink_to("gone.py"), {"a.py": "no file"}),
        (lambda path: path.write_bytes(b"#" * 2_000_000), {"a.py": "#" * 2_000_000}),
    ],
    ids=["missing", "folder", "fifo", "dangling link", "large"],
)
def test_reset_of_what_is_no_file_moves_it_too(kata, make, kept):
    path = kata.folder / "a.py"
    path.unlink()
    make(path)
    rest = {name: text for name, text in MINE.items() if name != "a.py"}
    assert tree(editing.reset(kata)) == rest | kept
    assert tree(kata.folder) == FRESH


def test_reset_leaves_the_target_of_a_link_alone(kata, tmp_path):
    (tmp_path / "elsewhere.py").write_text("mine")
    (kata.folder / "a.py").unlink()
    (kata.folder / "a.py").symlink_to(tmp_path / "elsewhere.py")
    kept = editing.reset(kata)
    assert (kept / "a.py").readlink() == tmp_path / "elsewhere.py"
    assert (tmp_path / "elsewhere.py").read_text() == "mine"
    assert not (kata.folder / "a.py").is_symlink()


@pytest.fixture
def elsewhere(monkeypatch):
    """The history lies on another disk, to which nothing can be renamed."""

    def rename(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "rename", rename)


def test_reset_moves_to_another_disk(kata, elsewhere):
    assert tree(editing.reset(kata)) == MINE
    assert tree(kata.folder) == FRESH


def test_error_pipe_that_cannot_go_to_another_disk(kata, elsewhere):
    (kata.folder / "a.py").unlink()
    os.mkfifo(kata.folder / "a.py")
    message, hint = words(editing.reset, kata)
    reason = f"`{kata.folder}/a.py` is a named pipe"
    assert message == f"{kata.folder} cannot be changed: {reason}."
    assert hint == "Nothing was changed."


def test_error_no_stub_to_start_from(kata):
    shutil.rmtree(kata.folder / "author")
    assert words(editing.reset, kata) == ("joins has no author/stub to start afresh from.", "")
    assert tree(kata.folder) == MINE | {"tests.py": "tests"}


FAULTS = {
    # what fails, after how many calls: nothing is touched before all new files are written
    "make": (tempfile, "mkdtemp", 0),
    "write": (Path, "write_bytes", 1),
    "first move": (shutil, "move", 0),
    "second move": (shutil, "move", 1),
    "first name": (Path, "replace", 0),
    "second name": (Path, "replace", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_error_on_the_way_loses_nothing_and_says_where(kata, history, monkeypatch, fault):
    where, name, calls = FAULTS[fault]
    real, done = getattr(where, name), []

    def fail(*arguments):
        if len(done) == calls:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(where, name, fail)
    message, hint = words(editing.reset, kata)
    assert message == f"{kata.folder} cannot be changed: No space left on device."
    found = tree(kata.folder)
    if fault in ("make", "write", "first move"):
        assert hint == "Nothing was changed."
        assert (found, list(history.iterdir())) == (MINE | {"tests.py": "tests"}, [])
        return
    kept = only(history)
    assert hint == f"Nothing of yours is lost: what is not in its place is in {kept}."
    for path, text in MINE.items():  # whole, in its place or in the history
        assert text in (found.get(path), tree(kept).get(path))
    assert not any(".fresh-" in path for path in found)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_error_read_only_folder_is_as_it_was(kata, history):
    kata.folder.chmod(0o555)
    message, hint = words(editing.reset, kata)
    kata.folder.chmod(0o755)
    assert message == f"{kata.folder} cannot be changed: Permission denied."
    assert hint == "Nothing was changed."
    assert (tree(kata.folder), list(history.iterdir())) == (MINE | {"tests.py": "tests"}, [])


def test_error_history_that_cannot_be_made(kata, tmp_path):
    (tmp_path / "state").write_text("a file")
    message, hint = words(editing.reset, kata)
    assert message.startswith(f"The folder {tmp_path}/state/history/joins/")
    assert message.endswith(" cannot be made: Not a directory.")
    assert hint == "Make it writable, or name another with KATA_STATE=/a/folder."
    assert tree(kata.folder) == MINE | {"tests.py": "tests"}


@pytest.mark.parametrize(
    ("environment", "opened"),
    [
        ({}, None),
        ({"EDITOR": "true"}, ["true"]),
        ({"EDITOR": "true", "VISUAL": "code --wait 'my dir'"}, ["code", "--wait", "my dir"]),
        ({"TERM_PROGRAM": "vscode"}, ["code"]),
    ],
)
def test_editor_is_the_one_that_is_named(monkeypatch, environment, opened):
    calls = []
    monkeypatch.setattr("subprocess.run", lambda command, check: calls.append(command))
    for name in ("VISUAL", "EDITOR", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert editing.open_in_editor([Path("a.py"), Path("b c.py")]) is bool(opened)
    assert calls == ([[*opened, "a.py", "b c.py"]] if opened else [])


def test_editor_that_ends_badly_was_opened_all_the_same(monkeypatch):
    monkeypatch.setenv("VISUAL", "false")
    assert editing.open_in_editor([Path("a.py")])


@pytest.mark.parametrize(
    ("editor", "reason"),
    [
        ("no-editor-is-called-so", "[Errno 2] No such file or directory: 'no-editor-is-called-so'"),
        ("code 'open", "No closing quotation"),
    ],
)
def test_error_editor_that_cannot_be_started(monkeypatch, editor, reason):
    monkeypatch.setenv("VISUAL", editor)
    assert words(editing.open_in_editor, [Path("a.py")]) == (
        f"The editor {editor!r} cannot be started: {reason}.",
        "Set EDITOR to one that can.",
    )


@pytest.mark.parametrize("path", ["tests.py", "../a.py", "migrations/../tests.py", "/etc/x", "sub"])
def test_error_file_that_is_not_edited_changes_nothing(kata, history, path):
    before = tree(kata.folder)
    with pytest.raises(KataError) as caught:
        editing.restore(kata, {"a.py": b"new", path: b"other"})
    assert caught.value.message == f"{path} is not a file that one edits in joins."
    assert tree(kata.folder) == before
    assert not history.exists()
