"""The demo of a kata, in a child: its lab's calls on data of one size, with what each cost."""

import contextlib
import dataclasses
import importlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management import BaseCommand, CommandParser, call_command

from core.judge.expectation import shorten, text
from core.judge.growth import counted, forget, rolled_back
from core.judge.queries import by_shape, recorded

SHOWN = 60  # characters of a result
SIZES = (16, 64, 256, 1024)  # that a lab is measured at, unless it names its own as `sizes`


class DemoCommand(BaseCommand):
    """The base of `management/commands/<slug>.py`: three lines, or more where the topic deserves it.

    `manage.py <slug>` runs it in three children: on the learner's code, on the code as shipped and
    on the solution. It sends a frame a call; a subclass may override `show` to say more.
    """

    size = 2000  # how much data; the largest size that the code as shipped bears in a few seconds

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", type=int, default=self.size)

    def send(self, kind: str, **values: Any) -> None:
        """Replaced by the child with the way to the workspace; alone, it prints."""
        self.stdout.write(f"{values}")

    def handle(self, *args: Any, **options: Any) -> None:
        lab = importlib.import_module(type(self).__module__.rpartition(".management.")[0] + ".lab")
        getattr(lab, "populate", lambda size: None)(options["size"])
        for name, call in lab.calls.items():
            self.show(name, call)

    def show(self, name: str, call: Any) -> None:
        """Do one call and send what it gave and cost."""
        start = time.perf_counter()
        with recorded() as ledger:
            try:
                result = shorten(text(call()), SHOWN)
            except Exception as error:  # noqa: BLE001 - the learner's code may raise anything
                result = f"{type(error).__name__}: {shorten(str(error), SHOWN)}"
        seconds = time.perf_counter() - start
        statements = [statement for statement in ledger if statement.counted]
        self.send(
            "call",
            call=name,
            result=result,
            queries=len(statements),
            shapes=[dataclasses.asdict(each) for each in by_shape(statements)],
            seconds=seconds,
        )


def measure(lab: Any, send: Callable[..., None]) -> None:
    """Do each of the lab's calls at its sizes, and send a frame for each: queries and seconds.

    Each size starts from empty tables. The first size runs once uncounted, to warm what is warmed once.
    """
    sizes = tuple(getattr(lab, "sizes", SIZES))
    for position, size in enumerate((sizes[0], *sizes)):
        with emptied_afterwards():
            getattr(lab, "populate", lambda size: None)(size)
            for name, call in lab.calls.items():
                forget()
                start = time.perf_counter()
                with recorded() as ledger:
                    call()
                seconds = time.perf_counter() - start
                if position:
                    send("point", call=name, size=size, value=counted(ledger), seconds=seconds)


@contextlib.contextmanager
def emptied_afterwards() -> Iterator[None]:
    """Rows made inside are gone afterwards, and other threads see them where they can see any.

    In a database in memory that is a transaction: it is quick, and no other thread could open it.
    """
    from django.conf import settings
    from django.db import connection

    if not settings.DATABASES or getattr(connection, "is_in_memory_db", bool)():
        with rolled_back():
            yield
        return
    yield
    call_command("flush", verbosity=0, interactive=False)
