"""Labs that end with this process: what the cockpit and `scripts/serve` open."""

import json
import os
import selectors
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.errors import KataError
from core.kata import Kata
from core.state import ROOT, folder, open_log

PATIENCE = 30.0  # seconds for a lab to say where it is


@dataclass
class Owner:
    """Holds each lab's standard input: however this process ends, they notice."""

    labs: "dict[str, tuple[subprocess.Popen[bytes], str]]" = field(default_factory=dict)
    starting: threading.Lock = field(default_factory=threading.Lock)

    def link(self, kata: Kata) -> str:
        """Where the kata's lab is, started if nobody has it open; KataError where it cannot be.

        Blocks for a second: its page answers when the lab does.
        """
        with self.starting:
            process, link = self.labs.get(kata.slug, (None, ""))
            if process and process.poll() is None:
                return link
            process, link = _started(kata)
            self.labs[kata.slug] = (process, link)
            return link

    def close(self) -> None:
        for process, _ in self.labs.values():
            if process.stdin:
                process.stdin.close()
        for process, _ in self.labs.values():
            process.wait()
        self.labs.clear()


OWNER = Owner()


def _started(kata: Kata) -> "tuple[subprocess.Popen[bytes], str]":
    with os.fdopen(open_log(_log_of(kata)), "wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "core.lab.main", kata.slug],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    assert process.stdout  # noqa: S101 - it is a pipe
    with process.stdout:
        answer = _line(process.stdout)
    if "link" not in answer:
        process.kill()
        process.wait()
        message = answer.get("message", f"The lab of {kata.slug} does not start.")
        raise KataError(message, hint=answer.get("hint", f"See {_log_of(kata)}."))
    return process, answer["link"]


def _line(output: IO[bytes]) -> dict[str, str]:
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        line = output.readline() if selector.select(PATIENCE) else b""
    return dict(json.loads(line)) if line else {}


def _log_of(kata: Kata) -> Path:
    return folder(f"lab/{kata.slug}") / "log"
