"""`kata --watch`: a save runs the kata again, and keys do the rest.

One thread runs and prints; the watcher's and the keys' only put a word in its inbox. So a save during
a run waits there, and however many there were, one run follows, of the newest content.
"""

import contextlib
import os
import queue
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn, cast

from django.core.management import load_command_class
from django.db import DatabaseError
from rich.console import Console
from rich.text import Text

from core import catalogue, runs
from core.errors import KataError
from core.kata import Kata
from core.management.base import STOPPED, WorkspaceCommand, unready
from core.practice import following
from core.report.overview import next_kata
from core.server import client
from core.watch.files import Watcher, content
from core.watch.keys import Keys

LOOK = "look"  # beside the keys, the only word in the inbox
SETTLE = 0.1  # seconds that a save may leave a file missing or empty
PASSED_ON = ("cold", "no_color", "force_color", "traceback")  # flags that go with each run
HELP = "r run again · h hint · n next · q quit"


def watch(kata: Kata, console: Console, options: dict[str, Any]) -> int:
    """Run the kata, and again at each save, until the person leaves; the exit status.

    `options` are those of the command. KataError where watching cannot begin.
    """
    flags = _flags(options)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # else nohup, or the like
            signal.signal(number, _ended)
    inbox: queue.SimpleQueue[str] = queue.SimpleQueue()
    keys = Keys(inbox.put)
    watching = Watching(kata, console, flags, keys, inbox)
    try:
        with keys:
            watching.loop()
    except KeyboardInterrupt:
        return 0 if keys.left else STOPPED
    finally:
        watching.end()


def _flags(options: dict[str, Any]) -> list[str]:
    if options["source"]:
        raise KataError("--watch runs your own file: --source does not go with it.")
    flags = [f"--verbosity={options['verbosity']}"]
    flags += [] if options["seed"] is None else [f"--seed={options['seed']}"]
    return flags + [f"--{each.replace('_', '-')}" for each in PASSED_ON if options[each]]


def _ended(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)  # by way of every `finally`: the terminal is given back


class Watching:
    """The screen, and what is shown on it: one kata at a time."""

    def __init__(
        self,
        kata: Kata,
        console: Console,
        flags: list[str],
        keys: Keys,
        inbox: "queue.SimpleQueue[str]",
    ) -> None:
        self.kata = kata
        self.console = console
        self.flags = flags
        self.keys = keys
        self.inbox = inbox
        self.seen = content(kata)
        self.said = ""  # how the watcher works, as far as the person was told
        self.begun = False
        self.screen = console.file.isatty() and not console.is_dumb_terminal
        self.footed = False
        self.watcher = Watcher(kata.folder, lambda: inbox.put(LOOK))

    def loop(self) -> NoReturn:
        self.run()
        while True:
            words = self.waiting()
            self.keys.one_by_one()
            if "r" in words or self.changed():
                self.run()
            if "n" in words:
                self.next()
            elif "h" in words:
                self.hint()
            self.foot()

    def waiting(self) -> set[str]:
        """All that came since the last time, once each; waits for the first."""
        words = {self.inbox.get()}
        while not self.inbox.empty():
            words.add(self.inbox.get())
        return words

    def changed(self) -> bool:
        """Whether the files are others than those that were run last."""
        now = content(self.kata)
        if now != self.seen and not now.whole:
            time.sleep(SETTLE)
            now = content(self.kata)
        return now != self.seen

    def run(self) -> None:
        self.reload()
        self.begin()
        # Before the run reads them: a save in between is one run too many, never one too few.
        self.seen = content(self.kata)
        if self.perform([self.kata.slug, *self.flags]) == 0:
            self.passed()
        self.foot()

    def reload(self) -> None:
        """The kata as its kata.toml is now; the run itself says what is wrong with it."""
        try:
            self.kata = catalogue.get(self.kata.slug)
        except KataError:
            return

    def begin(self) -> None:
        """A fresh screen; in a pipe, a line between this run and the one before."""
        self.unfoot()
        if self.screen:
            self.console.clear()
        elif self.begun:
            self.console.rule(time.strftime("%H:%M:%S"), style="dim")
        self.begun = True

    def perform(self, arguments: list[str]) -> int:
        """What `kata ARGUMENTS` does and prints: by the background server, or else here."""
        arguments = ["kata", *arguments]
        warm = client.wanted(arguments)
        status = client.ask(arguments, self.answer) if warm else None
        if status is None:
            status = _cold(arguments, self.answer)
            if warm:
                client.start()  # for the next time
        if status >= STOPPED - signal.SIGINT:  # ended by a signal
            raise KeyboardInterrupt
        return status

    def answer(self, question: str) -> str | None:
        with self.keys.paused():
            return client.answer_to(question)

    def passed(self) -> None:
        coming = self.coming()
        if self.keys and coming:
            self.say(f"Passed. n brings the next: {coming.slug}, {coming.title}")

    def coming(self) -> Kata | None:
        try:
            found = catalogue.catalogue()
            return next_kata(found, runs.passed(), after=self.kata, path=following.followed())
        except KataError as error:
            self.say(str(error))
        except DatabaseError as error:
            self.say(unready(error))
        return None

    def next(self) -> None:
        coming = self.coming()
        if not coming:
            self.say("Every other kata is passed.")
            return
        self.watcher.stop()
        self.kata = coming
        self.said = ""
        self.watcher = Watcher(coming.folder, lambda: self.inbox.put(LOOK))
        self.run()

    def hint(self) -> None:
        self.unfoot()
        self.console.print()
        self.perform([self.kata.slug, "--hint", *self.flags])

    def say(self, words: str) -> None:
        self.unfoot()
        self.console.print(words, markup=False, soft_wrap=True)

    def foot(self) -> None:
        """How it watches, once that is known; on a screen the keys, in the last line of it."""
        mode, reason = self.watcher.mode, self.watcher.reason
        files = ", ".join(self.kata.edit)
        if self.footed and mode == self.said:
            return
        if mode != self.said:
            self.said = mode
            if reason or not self.screen:
                because = f", as {reason}" if reason else ""
                ways = f" Keys: {HELP}." if self.keys else " Ctrl-C ends it."
                self.say(f"Watching {files} {mode}{because}.{'' if self.screen else ways}")
        if self.screen:
            self.unfoot()
            words = Text(f"{HELP if self.keys else 'Ctrl-C quit'} · watching {files} {mode}", "dim")
            words.truncate(self.columns() - 1, overflow="ellipsis")
            self.console.print(words, end="")
            self.footed = True

    def unfoot(self) -> None:
        if self.footed:
            self.console.file.write("\r\x1b[2K")
            self.footed = False

    def columns(self) -> int:
        """Of the window as it is now: a footer that wraps could not be taken back."""
        with contextlib.suppress(OSError):
            return min(
                self.console.width, os.get_terminal_size(self.console.file.fileno()).columns or 80
            )
        return self.console.width

    def end(self) -> None:
        self.watcher.stop()
        with contextlib.suppress(OSError):  # the terminal may be what ended
            self.unfoot()
            if self.screen:
                self.console.show_cursor()  # a run that was cut short hid it for its spinner
            self.console.file.flush()


def _cold(arguments: list[str], answer: Callable[[str], str | None]) -> int:
    """The command in this process; its exit status."""
    name = arguments[0]
    command = cast("WorkspaceCommand", load_command_class("core", name))
    command.question = answer
    try:
        command.run_from_argv(["manage.py", *arguments])
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    return 0
