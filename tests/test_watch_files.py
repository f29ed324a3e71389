"""When a watcher looks, and what it takes for a change."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import catalogue
from core.errors import KataError
from core.watch import files
from core.watch.files import Content, Watcher, content
from tests.conftest import copy_sample, wait_for

LOOKED = files.LOOK / 1000 + 0.4  # seconds after which a watcher has looked without an event


class Looks:
    """A watcher of a folder, and how often it looked."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self.arrived = threading.Event()
        self.watcher = Watcher(folder, self.look)

    def look(self) -> None:
        self.count += 1
        self.arrived.set()

    def __enter__(self) -> "Looks":
        wait_for(lambda: self.watcher.mode)
        return self

    def __exit__(self, *_: object) -> None:
        self.watcher.stop()


def test_watcher_proves_itself_and_takes_its_probe_away(tmp_path):
    with Looks(tmp_path) as looks:
        assert (looks.watcher.mode, looks.watcher.reason) == (files.BY_EVENTS, "")
        wait_for(lambda: not list(tmp_path.iterdir()))


def test_watcher_falls_back_to_polling_where_events_do_not_arrive(tmp_path, monkeypatch):
    def silent(*_: object, stop_event: threading.Event, **__: object) -> Iterator[set[object]]:
        while not stop_event.wait(0.05):
            yield set()

    monkeypatch.setattr(files, "watch", silent)
    monkeypatch.setattr(files, "PROBE", 0.2)
    with Looks(tmp_path) as looks:
        assert looks.watcher.mode == files.BY_POLLING
        assert looks.watcher.reason == f"file events do not arrive in {tmp_path}"
        assert list(tmp_path.iterdir()) == []
        before = looks.count
        wait_for(lambda: looks.count > before + 1)


def test_watcher_falls_back_to_polling_where_events_cannot_be_had(tmp_path, monkeypatch):
    def none_left(*_: object, **__: object) -> Iterator[set[object]]:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr(files, "watch", none_left)
    with Looks(tmp_path) as looks:
        assert looks.watcher.mode == files.BY_POLLING
        assert looks.watcher.reason == "file events cannot be had: OS file watch limit reached"


def test_watcher_follows_a_folder_that_is_replaced(tmp_path):
    folder = tmp_path / "kata"
    folder.mkdir()
    with Looks(folder) as looks:
        folder.rename(tmp_path / "old")
        time.sleep(0.1)
        folder.mkdir()
        time.sleep(LOOKED)
        looks.arrived.clear()
        (folder / "exercise.py").touch()
        assert looks.arrived.wait(0.3)
        assert looks.watcher.mode == files.BY_EVENTS


def test_watcher_refuses_an_unknown_way(tmp_path, monkeypatch):
    monkeypatch.setenv("KATA_WATCH", "magic")
    with pytest.raises(KataError, match="KATA_WATCH is 'magic'; it may be poll, or not set"):
        Watcher(tmp_path, lambda: None)


@pytest.mark.parametrize(
    "name", ["__pycache__/a.py", "a.pyc", ".a.py.swp", "a.py~", "#a.py#", "4913", "b.py.tmp.12"]
)
def test_content_of_a_folder_leaves_out_what_editors_leave(tmp_path, monkeypatch, name):
    folder = copy_sample("migrated", tmp_path, monkeypatch)
    kata = catalogue.get("migrated")
    before = content(kata)
    path = folder / "migrations" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("noise")
    assert content(kata) == before
    (folder / "migrations" / "0009_more.py").write_text("more")
    assert content(kata) != before


def test_content_of_a_missing_or_empty_file_is_not_whole(tmp_path, monkeypatch):
    folder = copy_sample("bounded", tmp_path, monkeypatch, exercise="")
    kata = catalogue.get("bounded")
    assert not content(kata).whole
    (folder / "exercise.py").unlink()
    gone = content(kata)
    assert gone == Content(
        f"{folder}/exercise.py is missing.\nRun `python manage.py kata bounded --reset` for a fresh "
        "one; what stands there is moved to .kata/history.",
        whole=False,
    )
