"""`manage.py kata_export` and `kata_import` as a person meets them."""

import json
import stat
from pathlib import Path

import pytest

from tests import database
from tests.conftest import SAMPLES, copy_sample
from tests.practice.conftest import QUESTIONS

GOOD = (SAMPLES / "sources" / "passed" / "exercise.py").read_text()


@pytest.fixture
def here(manage, migrated, tmp_path, monkeypatch):
    """A command on one of two workspaces that share a kata: `here("one", "kata", …)`."""
    folder = copy_sample("bounded", tmp_path, monkeypatch)
    (folder / "questions.md").write_text(QUESTIONS)

    def run(name: str, *arguments: str) -> tuple[int, str, str]:
        env = {"KATA_PATH": str(folder.parent.parent), "COLUMNS": "200"}
        return manage(*arguments, env=env | database.workspace(tmp_path / name))

    for name in ("one", "two"):
        database.copy(migrated, tmp_path / name)
    run.file = folder / "exercise.py"
    run.progress = tmp_path / "progress.json"
    return run


def test_progress_moves_to_another_workspace_and_files_when_asked(here, tmp_path):
    path = str(here.progress)
    here.file.write_text(GOOD)
    here("one", "kata", "bounded")
    status, out, err = here("one", "kata_export", path)
    assert (status, err) == (0, "")
    assert out.startswith(f"Exported 1 run, 3 cards, 1 review, 1 kata's files: {path}, ")
    assert stat.S_IMODE(here.progress.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob(".progress*")] == []

    here.file.write_text("other = 1\n")
    assert here("two", "kata_import", path) == (
        0,
        "Imported 1 run, 3 cards, 1 review.\n"
        "Your files are as they were, and differ from those in it: bounded.\n"
        f"Put those in place: python manage.py kata_import {path} --files\n",
        "",
    )
    assert here.file.read_text() == "other = 1\n"
    out = here("two", "kata_import", path, "--files")[1]
    first, second = out.splitlines()
    assert first == "All of it was here already."
    kept = Path(second.removeprefix("bounded: its files are in place; yours is in "))
    assert (here.file.read_text(), (kept / "exercise.py").read_text()) == (GOOD, "other = 1\n")
    listed = json.loads(here("two", "kata", "--json")[1])
    assert [each["passed"] for each in listed["katas"] if each["kata"] == "bounded"] == [True]


def test_without_a_name_the_document_is_printed(here):
    status, out, err = here("one", "kata_export")
    assert (status, err) == (0, "")
    assert json.loads(out)["runs"] == []
    here.progress.write_text(out)
    assert here("one", "kata_import", str(here.progress)) == (
        0,
        "All of it was here already.\n",
        "",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["kata_export", "{there}"], "{there} is there already.\nName another file, or delete it."),
        (
            ["kata_export", "{folder}/no/x.json"],
            "{folder}/no/x.json cannot be written: No such file",
        ),
        (["kata_import", "{folder}/x.json"], "{folder}/x.json cannot be read: No such file"),
        (["kata_import", "{folder}"], "{folder} cannot be read: Is a directory."),
        (
            ["kata_import", "{there}"],
            "{there} cannot be imported: it is not JSON: Expecting value.",
        ),
        (["kata_import", "{bytes}"], "{bytes} cannot be imported: it is not UTF-8 text (byte 0)."),
        (["kata_import"], "The following arguments are required: FILE."),
    ],
)
def test_error_is_a_sentence_and_status_4(here, tmp_path, arguments, message):
    names = {"there": f"{tmp_path}/there.json", "folder": str(tmp_path), "bytes": f"{tmp_path}/b"}
    Path(names["there"]).write_text('{"runs": nothing' + " " * 100)
    Path(names["bytes"]).write_bytes(b"\xff")
    status, out, err = here("one", *(each.format(**names) for each in arguments))
    assert (status, out) == (4, "")
    assert err.removeprefix("CommandError: ").startswith(message.format(**names))
    assert "Traceback" not in err
    assert Path(names["there"]).read_text().startswith('{"runs"')


def test_error_full_disk_leaves_no_half_file(small_disk, tmp_path):
    state = tmp_path / "state"
    done = small_disk("manage.py", "kata_export", str(state / "progress.json"))
    assert done.returncode == 4
    # Which of the two finds the disk full is up to SQLite's journal.
    assert "No space left on device" in done.stderr or "Is its disk full" in done.stderr
    assert "Traceback" not in done.stderr
