"""Screens of practice: when something comes again, the calendar, a path."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.catalogue import Catalogue, command
from core.kata import Kata
from core.models import Card, Review
from core.paths import KataPath
from core.practice.days import Day
from core.report.console import mark
from core.runs import Progress
from core.verdict import Status

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# How much a day held at least, the sign that says so, and the words for it.
LEVELS = (
    (0, "·", "none"),
    (1, "░", "1–2"),
    (3, "▒", "3–5"),
    (6, "▓", "6–9"),
    (10, "█", "10 and more"),
)


def when(at: datetime) -> str:
    """A day as one says it, such as "on Thursday 3 December, in 6 days"."""
    day, today = timezone.localtime(at), timezone.localdate()
    ahead = (day.date() - today).days
    if ahead < 2:
        return "tomorrow" if ahead == 1 else "today"
    year = "" if day.year == today.year else f" {day.year}"
    return f"on {day:%A} {day.day} {day:%B}{year}, in {ahead} days"


def after_pass(kata: Kata, review: Review | None, card: Card | None, asked: int) -> list[str]:
    """When a kata that passed comes again, and how to recall what it asks: a sentence a line."""
    run = f"{command()} {kata.slug}"
    lines = []
    if review and review.card.due:
        grade = review.get_rating_display().lower()
        lines.append(f"Graded {grade}: it comes again {when(review.card.due)}.")
    elif card and card.due:
        due = when(card.due)
        lines.append(
            f"It is due: a graded repeat is {run} --again"
            if due == "today"
            else f"Not graded: it comes again {due}."
        )
    if asked:
        lines.append(f"{questions(asked)} to recall: {run} --quiz")
    return lines


def questions(number: int) -> str:
    return f"{number} question{'s' * (number != 1)}"


def show_repeat(console: Console, kata: Kata, edit: str, kept: str) -> None:
    """What `--again` did, and what comes of it."""
    lines = [f"A graded repeat of {kata.slug}: {edit} is as shipped."]
    if kept:
        lines.append(f"Yours is in {kept}")
    lines += [
        "The next pass is graded: the first try is easy, several are good; hints make it hard,",
        "giving up again.",
        f"Run it: {command()} {kata.slug}",
    ]
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def show_days(console: Console, days: Sequence[Day]) -> None:
    """A column a week, a row a weekday; the first day is a Monday."""
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    months, shown = "", 0
    for number, week in enumerate(weeks):
        month = week[0].date.month
        if month != shown and len(months) <= 2 * number:
            months = f"{months:<{2 * number}}{week[0].date:%b} "
        shown = month
    console.print(Text(f"     {months}".rstrip(), "dim"))
    for weekday, name in enumerate(WEEKDAYS):
        row = Text(f"{name}  ", "dim")
        for week in weeks:
            if weekday < len(week):
                total = week[weekday].total
                row.append(f"{_sign(total)} ", "green" if total else "dim")
        row.rstrip()
        console.print(row)
    console.print()
    ran, reviewed = (sum(getattr(day, name) for day in days) for name in ("runs", "reviews"))
    practised = sum(day.total > 0 for day in days)
    words = f"{practised} day{'s' * (practised != 1)}"
    console.print(f"{len(weeks)} weeks: {_amounts(ran, reviewed)} on {words}")
    console.print(f"Today: {_amounts(days[-1].runs, days[-1].reviews)}")
    console.print(Text("   ".join(f"{sign} {words}" for _, sign, words in LEVELS), "dim"))


def _sign(total: int) -> str:
    return next(sign for least, sign, _ in reversed(LEVELS) if total >= least)


def _amounts(ran: int, reviewed: int) -> str:
    return f"{ran} run{'s' * (ran != 1)} and {reviewed} review{'s' * (reviewed != 1)}"


def show_paths(console: Console, paths: Sequence[KataPath], followed: KataPath | None) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for path in paths:
        name = Text(path.name, "bold")
        table.add_row(
            "›" if path == followed else " ", name, Text(path.about), f"{len(path.katas)}"
        )
    console.print(table)
    console.print(f"Follow one: {command()} --path NAME", markup=False, soft_wrap=True)
    if followed:
        console.print(f"Follow none: {command()} --path none", markup=False, soft_wrap=True)


def show_path(
    console: Console, path: KataPath, catalogue: Catalogue, progress: Mapping[str, Progress]
) -> None:
    """The katas of a path in its order, and which is next."""
    katas = path.of(catalogue)
    passed = [kata for kata in katas if progress.get(kata.uuid, Progress()).passed]
    title = Text.assemble((path.title, "bold"), f"  {len(passed)} of {len(katas)} passed")
    console.print(title)
    console.print(path.about, markup=False)
    console.print()
    table = Table.grid(padding=(0, 2, 0, 0))
    following = next((kata for kata in katas if kata not in passed), None)
    for kata in katas:
        state = Text("·", "dim")
        if kata in passed:
            state = mark(Status.PASSED)
        elif kata == following:
            state = Text("›", "bold")
        table.add_row(state, Text(kata.slug, "bold"), Text(kata.title), f"level {kata.level}")
    console.print(table)
    console.print()
    if following:
        console.print(f"Next: {command()} {following.slug}", markup=False, soft_wrap=True)
    else:
        console.print("Every kata of it is passed.")
    console.print(f"Leave it: {command()} --path none", markup=False, soft_wrap=True)
