"""A process of its own, which judges warm: a line names a kata, a line of JSON answers.

With `phases` as its argument the forked children also say when they reach each phase. The clock of
`time.perf_counter` is one for all processes of a machine.
"""

import functools
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from typing import Any

import pytest

from core import catalogue
from core.runner import child, plugin, tables
from core.runner.job import Ahead, Channel
from core.runner.launch import Ends, environment
from core.runner.run import run
from core.server import forker, warm
from core.state import ROOT


def answer(name: str, launch: forker.Forker) -> dict[str, Any]:
    """Seconds to find the kata and to judge it, and the phases in between."""
    marks: list[tuple[str, float]] = []

    def listen(frame: dict[str, Any]) -> None:
        if frame["frame"] == "mark":
            marks.append((frame["name"], frame["at"]))

    def launched(ends: Ends, ahead: Ahead) -> Callable[[], object]:
        marks.append(("prepare", time.perf_counter()))
        return launch(ends, ahead)

    start = time.perf_counter()
    kata = catalogue.get(name)
    found = time.perf_counter()
    verdict, _ = run(kata, "solution", seed=1, listen=listen, launch=launched)
    ended = time.perf_counter()
    marks.append(("end", ended))
    phases: dict[str, float] = {}
    last = found
    for phase, at in marks:
        phases[phase] = phases.get(phase, 0) + at - last
        last = at
    return {"get": found - start, "run": ended - found, "status": verdict.status, "phases": phases}


class Marked(plugin.Frames):
    """Frames, and a mark where a phase of pytest ends."""

    def pytest_collection(self) -> None:
        mark(self.channel, "configure")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, bool, bool]:
        mark(self.channel, "collect")
        built = tables.build

        @functools.wraps(built)
        def build(job: Any) -> bool:
            mark(self.channel, "start of tests")
            done = built(job)
            mark(self.channel, "tables")
            return done

        tables.build = build
        try:
            return (yield)
        finally:
            tables.build = built  # a stage goes on after its rehearsal


def mark(channel: Any, name: str) -> None:
    channel.send("mark", name=name, at=time.perf_counter())


def serve(descriptor: int) -> None:
    """In place of core.server.warm's own: the same, with marks."""
    main, set_up, go_on = child.main, child.set_up, child.go_on

    def marked_main(job: Any, session: Any) -> int:
        mark(Channel(job.frames, job.token), "fork")
        return main(job, session)

    def marked_set_up(job: Any) -> None:
        set_up(job)
        if job.frames >= 0:  # a run's, not that of a stage
            mark(Channel(job.frames, job.token), "set up")

    def marked_go_on(session: Any) -> None:
        go_on(session)
        frames = next(p for p in session.config.pluginmanager.get_plugins() if type(p) is Marked)
        mark(frames.channel, "tests")

    vars(child).update(main=marked_main, set_up=marked_set_up, go_on=marked_go_on, Frames=Marked)
    warm.serve(socket.socket(fileno=descriptor))


def marked() -> forker.Forker:
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    found = forker.Forker()
    with theirs:
        found.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, __file__, "serve", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            env=environment() | {"PYTHONPATH": str(ROOT)},
        )
    found.connection = mine
    mine.recv(16)
    return found


def main() -> None:
    with marked() if "phases" in sys.argv else forker.Forker() as launch:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(answer(line.strip(), launch)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main()
