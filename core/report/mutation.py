"""The mutants of a kata for the terminal: how many were caught, and what changed in the others."""

from rich.console import Console
from rich.text import Text

from core.check.mutation import LEAST, Mutation
from core.report.console import mark
from core.verdict import Status


def show(console: Console, mutation: Mutation) -> None:
    status = Status.FAILED if mutation.findings else Status.PASSED
    words = (
        f"{mutation.score} % caught: {_counts(mutation)}" if mutation.spots else "no change made"
    )
    if mutation.unavailable:
        status, words = Status.UNAVAILABLE, f"{words}: {mutation.unavailable}"
    name = Text.assemble(f" {mutation.track}/", (mutation.kata, "bold"), f"  {words}")
    console.print(Text.assemble(mark(status), name), soft_wrap=True)
    for survivor in mutation.survivors:
        console.print(f"  {survivor.file}:{survivor.line}", markup=False, soft_wrap=True)
        for sign, lines, style in (("-", survivor.before, "red"), ("+", survivor.after, "green")):
            for line in lines:
                console.print(f"    {sign} {line}", style=style, markup=False, soft_wrap=True)


def _counts(mutation: Mutation) -> str:
    words = f"{mutation.caught} of {mutation.spots} changes"
    if mutation.survivors:
        words += f", {len(mutation.survivors)} survive"
    if mutation.equivalent:
        words += f", {mutation.equivalent} equivalent"
    return words


def summary(console: Console, mutations: list[Mutation]) -> None:
    """How many there were, how long they took, and how many katas have too few that are caught."""
    spots = sum(found.spots + found.equivalent for found in mutations)
    seconds = sum(found.seconds for found in mutations)
    each = f", {seconds / spots:.3f} s each" if spots else ""
    weak = sum(found.score < LEAST for found in mutations)
    console.print(f"{spots} changes in {seconds:.1f} s{each}; {weak} katas below {LEAST} %")
