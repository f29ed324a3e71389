"""Before the first run of a kata with a budget, a learner may say how many queries it sends."""

from collections.abc import Callable

from rich.console import Console

from core import catalogue, runs
from core.judge.queries import counted
from core.kata import Kata
from core.verdict import Verdict

LONGEST = 9  # digits of a number of queries


def prediction(
    ask: Callable[[str], str | None] | None, kata: Kata
) -> tuple[str, int | None] | None:
    """A call, and what the learner expects of it; None where they are not to be asked."""
    recorded = catalogue.cases(kata)
    if not ask or not recorded or not recorded.predict or not runs.may_predict(kata):
        return None
    answer = ask(
        f"Before you run it: how many queries will {recorded.predict} send as it stands?\n"
        "A number, or Enter to skip: "
    )
    number = (answer or "").strip()
    known = number.isdecimal() and len(number) <= LONGEST
    return recorded.predict, int(number) if known else None


def compare(console: Console, kata: Kata, verdict: Verdict, call: str, queries: int | None) -> None:
    """Remember what was expected, and say how it compares with what was sent."""
    found = [m for case in verdict.cases for m in case.measurements if m.call == call]
    measured = int(found[0].value) if found else None
    runs.predict(kata, call, queries, measured)
    if queries is not None and measured is not None:
        right = "You were right" if queries == measured else f"You said {queries}"
        console.print(f"{right}: {call} sent {counted(measured)}.", markup=False)
