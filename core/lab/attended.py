"""`kata NAME --lab`: the lab at a terminal, until Ctrl-C or the terminal's end."""

import signal

from rich.console import Console

from core.kata import Kata
from core.lab.opening import opened
from core.serve.place import Running


def attended(kata: Kata, console: Console) -> int:
    """Open the lab and keep it; the exit status."""

    def say(words: str) -> None:
        console.print(words, markup=False, soft_wrap=True)

    try:
        with opened(kata, say) as (supervisor, link):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda *_: supervisor.stop())
            supervisor.run(lambda: say(f"The lab of {kata.slug} is open:\n{link}\nCtrl-C ends it."))
    except Running as other:
        say(f"The lab of {kata.slug} is open already (process {other.pid}):\n{other.url}")
    return 0
