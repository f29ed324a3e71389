"""When the edited files of a kata may have changed, and what they hold now.

File events only say when to look: what is looked at is the content. So a touch changes nothing, an
event twice is one change, and a look from time to time finds what no event told.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from core.errors import KataError
from core.kata import Kata
from core.source import UnreadableSource, read_source

POLL = 0.3  # seconds between looks where file events do not arrive
LOOK = 500  # milliseconds between looks where they do
PROBE = 1.0  # seconds that the first event may take
BY_EVENTS = "by file events"
BY_POLLING = "by polling"


class Noise(DefaultFilter):
    """Lets through what may be an edited file: no caches, no files that editors make beside it."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, "author")
    ignore_entity_patterns = (
        *DefaultFilter.ignore_entity_patterns,
        r"^#.*#$",  # Emacs
        r"^4913$",  # Vim, to see whether it may write here
        r"^\.goutputstream-",  # GNOME
        r"\.tmp(\.\d+)*$",
    )

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __call__(self, change: Change, path: str) -> bool:
        # Only what is below the kata's folder: the workspace itself may lie in any folder.
        return super().__call__(change, os.path.relpath(path, self.folder))


@dataclass(frozen=True)
class Content:
    """What tells one state of the edited files from another.

    `whole` is False for a file that is missing or empty: an editor may be in the midst of a save.
    """

    checksum: str
    whole: bool


def content(kata: Kata) -> Content:
    try:
        source = read_source(kata)
    except (UnreadableSource, OSError) as error:
        return Content(str(error), whole=False)
    matters = Noise(kata.folder)
    kept = {
        path: text
        for path, text in source.files.items()
        if matters(Change.modified, str(kata.folder / path))
    }
    whole = all(source.files[entry] for entry in kata.edit if not entry.endswith("/"))
    return Content(replace(source, files=kept).checksum, whole)


class Watcher:
    """Calls `look` whenever the files may have changed, and once when `mode` is known.

    `mode` is how it knows, "" as long as events have not proven themselves; `reason` is why not by
    events. `look` is called in a thread of the watcher, and must be quick.
    """

    def __init__(self, folder: Path, look: Callable[[], object]) -> None:
        forced = os.environ.get("KATA_WATCH", "")
        if forced not in ("", "poll"):
            raise KataError(
                f"KATA_WATCH is {forced!r}; it may be poll, or not set.",
                hint="Run `unset KATA_WATCH`.",
            )
        self.folder = folder
        self.look = look
        self.mode = ""
        self.reason = "KATA_WATCH says so" if forced else ""
        self.known = threading.Event()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.ended.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.reason and not self.ended.is_set():
            try:
                self.reason = self._by_events()
            except (OSError, RuntimeError) as error:  # RuntimeError: of the library
                # A folder that went away may come back; without events elsewhere, they never come.
                self.reason = "" if self.mode else f"file events cannot be had: {error}"
                self.ended.wait(POLL)
                self.look()
        if self.reason:
            self._known(BY_POLLING)
        while not self.ended.wait(POLL):
            self.look()

    def _known(self, mode: str) -> None:
        self.mode = mode
        self.known.set()
        self.look()

    def _by_events(self) -> str:
        """Look when there is an event, until stopped or the folder is another; or why that fails."""
        watched = _identity(self.folder)
        # Polling of the library's own tells no two saves within a second apart: not used.
        events = watch(
            self.folder,
            watch_filter=Noise(self.folder),
            debounce=50,
            step=20,
            stop_event=self.ended,
            rust_timeout=LOOK,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=False,
            ignore_permission_denied=True,
        )
        if not self.mode:
            if not self._proven(events):
                return f"file events do not arrive in {self.folder}"
            self._known(BY_EVENTS)
        for _ in events:
            self.look()
            if _identity(self.folder) != watched:
                break
        return ""

    def _proven(self, events: "Iterator[set[tuple[Change, str]]]") -> bool:
        """Whether a file that is made here is seen."""
        next(events, None)  # the watch stands from here on
        self.look()
        with _probe(self.folder) as name:
            deadline = time.monotonic() + PROBE
            for changes in events:
                self.look()
                if any(os.path.basename(path) == name for _, path in changes):
                    return True
                if time.monotonic() > deadline:
                    return False
        return self.ended.is_set()


def proven(folder: Path) -> tuple[str, str]:
    """How changes of a folder are known here, and why not by events; PROBE seconds at most."""
    watcher = Watcher(folder, lambda: None)
    watcher.known.wait()
    watcher.stop()
    return watcher.mode, watcher.reason


@contextmanager
def _probe(folder: Path) -> Iterator[str]:
    path = folder / f".kata-probe-{os.getpid()}"
    with suppress(OSError):  # a folder that cannot be written to proves nothing: polling then
        path.touch()
    try:
        yield path.name
    finally:
        with suppress(OSError):
            path.unlink()


def _identity(folder: Path) -> tuple[int, int]:
    found = os.stat(folder)
    return found.st_dev, found.st_ino
