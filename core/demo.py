"""The demo of a kata, in a child: its lab's calls on data of one size, with what each cost."""

import contextlib
import dataclasses
import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.management import BaseCommand, CommandParser, call_command

from core.judge.expectation import shorten, text
from core.judge.growth import counted, forget, has_database, rolled_back
from core.judge.queries import by_shape, recorded

SHOWN = 60  # characters of a result
LONG = 2000  # the same on a page of its own
SIZES = (16, 64, 256, 1024)  # that a lab is measured at, unless it names its own as `sizes`


class Lab:
    """What a kata's lab.py says: `calls` by name, and if it likes the rest.

    `populate(size)` makes the data. `count()` gives a number that rises with each operation of a
    kata whose cost is not queries, such as a tally's comparisons, and `unit` names them.
    """

    def __init__(self, module: Any) -> None:
        self.calls: dict[str, Callable[[], object]] = module.calls
        self.populate: Callable[[int], object] = getattr(module, "populate", lambda size: None)
        self.sizes: tuple[int, ...] = tuple(getattr(module, "sizes", SIZES))
        self.count: Callable[[], float] | None = getattr(module, "count", None)
        self.unit: str = getattr(module, "unit", "operations") if self.count else "queries"

    def do(self, name: str, shown: int = SHOWN) -> "Done":
        """Do one call, with `shown` characters of its result. What it raises is passed on."""
        before = self.count() if self.count else 0
        start = time.perf_counter()
        result, error = None, None
        with recorded() as ledger:
            try:
                result = self.calls[name]()
            except Exception as raised:  # noqa: BLE001 - the learner's code may raise anything
                error = raised
        seconds = time.perf_counter() - start
        value = self.count() - before if self.count else counted(ledger)
        shapes = by_shape([statement for statement in ledger if statement.counted])
        words = (
            f"{type(error).__name__}: {shorten(str(error), shown)}"
            if error
            else shorten(text(result), shown)
        )
        return Done(
            words,
            error,
            {
                "call": name,
                "value": value,
                "unit": self.unit,
                "seconds": seconds,
                "shapes": [dataclasses.asdict(each) for each in shapes],
            },
        )


@dataclass(frozen=True)
class Done:
    """What a call gave, as text, and what it cost, as the values of a frame."""

    result: str
    error: Exception | None
    cost: dict[str, Any]


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
        lab = Lab(
            importlib.import_module(type(self).__module__.rpartition(".management.")[0] + ".lab")
        )
        lab.populate(options["size"])
        for name in lab.calls:
            self.show(lab, name)

    def show(self, lab: Lab, name: str) -> None:
        """Do one call and send what it gave and cost."""
        done = lab.do(name)
        self.send("call", result=done.result, **done.cost)


def call_each(lab: Lab, size: int, send: Callable[..., None]) -> None:
    """Do each of the lab's calls once, as the lab itself shows them, and send a frame for each."""
    lab.populate(size)
    for name in lab.calls:
        done = lab.do(name, LONG)
        send("call", result=done.result, **done.cost)


def measure(lab: Lab, send: Callable[..., None]) -> None:
    """Do each of the lab's calls at its sizes, and send a frame for each: its cost, and seconds.

    Each size starts from empty tables. The first size runs once uncounted, to warm what is warmed once.
    """
    for position, size in enumerate((lab.sizes[0], *lab.sizes)):
        with emptied_afterwards():
            lab.populate(size)
            for name in lab.calls:
                forget()
                done = lab.do(name)
                if done.error:
                    raise done.error
                if position:
                    send("point", size=size, **done.cost)


@contextlib.contextmanager
def emptied_afterwards() -> Iterator[None]:
    """Rows made inside are gone afterwards, and other threads see them where they can see any.

    In a database in memory that is a transaction: it is quick, and no other thread could open it.
    """
    from django.db import connection

    if not has_database() or getattr(connection, "is_in_memory_db", bool)():
        with rolled_back():
            yield
        return
    yield
    call_command("flush", verbosity=0, interactive=False)
