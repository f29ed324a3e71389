"""`kata NAME --lab` and `--profile`: the lab at a terminal, until Ctrl-C or the terminal's end."""

import signal
import sys
import threading
from collections.abc import Callable

from rich.console import Console

from core.errors import KataError
from core.kata import Kata
from core.lab.client import profile
from core.lab.opening import opened
from core.serve.place import Running


def attended(kata: Kata, console: Console, call: str | None = None) -> None:
    """Open the lab and keep it, or say where it is open already.

    With a `call` ("" for all) it is recorded by Silk, and the record's link is printed. Where no lab
    is open, one is, for the record to be looked at, until Enter. Raises KataError if there is none.
    """
    problems: list[KataError] = []

    def say(words: str) -> None:
        console.print(words, markup=False, soft_wrap=True)

    def recorded(link: str) -> None:
        say(f"Recorded in Silk:\n{profile(link, kata.slug, call or '')}")

    def announce(link: str, stop: Callable[[], None]) -> None:
        if call is None:
            say(f"The lab of {kata.slug} is open:\n{link}\nCtrl-C ends it.")
        else:
            say(f"No lab of {kata.slug} is open: this one is, for the record.")
            threading.Thread(target=attempt, args=(link, stop), daemon=True).start()

    def attempt(link: str, stop: Callable[[], None]) -> None:
        try:
            recorded(link)
        except KataError as error:
            problems.append(error)
            stop()
            return
        somebody = sys.stdin.isatty()
        say(f"The lab stays for you to look at it. {'Enter or ' * somebody}Ctrl-C ends it.")
        if somebody:
            sys.stdin.readline()
            stop()

    try:
        with opened(kata, say) as (supervisor, link):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda *_: supervisor.stop())
            supervisor.run(lambda: announce(link, supervisor.stop))
        if problems:
            raise problems[0]
    except Running as other:
        if call is not None:
            recorded(other.url)
            return
        say(f"The lab of {kata.slug} is open already (process {other.pid}):\n{other.url}")
