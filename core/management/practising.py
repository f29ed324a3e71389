"""What `kata` does beside running: graded repeats, questions, the calendar, paths."""

import dataclasses
import json
import time
from collections.abc import Callable

from django.utils import timezone
from rich.console import Console
from rich.markdown import Markdown

from core import catalogue, paths, runs
from core.catalogue import command
from core.errors import KataError
from core.kata import Kata
from core.models import Review
from core.practice import cards, days, following, grading, questions
from core.practice.cards import Rating
from core.practice.questions import Asked
from core.report import practice as report

RATINGS = {"1": Rating.AGAIN, "2": Rating.HARD, "3": Rating.GOOD, "4": Rating.EASY}
QUIT = "q"

Ask = Callable[[str], str | None]  # None at the end of what the person types


def repeat(console: Console, kata: Kata) -> None:
    """Put the files as shipped in place, and open a graded repeat."""
    kept = grading.again(kata)
    edit = ", ".join(catalogue.relative(kata.folder / entry) for entry in kata.edit)
    where = catalogue.relative(kept) if kept and kept.exists() else ""
    report.show_repeat(console, kata, edit, where)


def after_pass(kata: Kata, review: Review | None) -> list[str]:
    """When it comes again, and what there is to recall."""
    card = review.card if review else cards.of_kata(kata)
    return report.after_pass(kata, review, card, cards.questions_due(kata))


def quiz(console: Console, ask: Ask | None, kata: Kata | None) -> None:
    """Ask the questions that are due, or all of one kata, until they are done or the person is."""
    if ask is None:
        raise KataError(
            "--quiz asks and waits for answers, so it needs a terminal.",
            hint=f"Run `{command()} --quiz` in one, not in a pipe.",
        )
    asked = questions.to_ask(kata)
    if not asked:
        console.print(nothing_due(kata), markup=False, soft_wrap=True)
        return
    done = 0
    for number, each in enumerate(asked, 1):
        if number > 1:
            console.rule(style="dim")
        console.print(f"{number} of {len(asked)} · {each.kata.slug}", style="dim", markup=False)
        if not one(console, ask, each):
            break
        done += 1
    left = len(asked) - done
    words = f"{done} answered" + (f", {left} left for another time." if left else ".")
    console.print(words)


def nothing_due(kata: Kata | None) -> str:
    if kata:
        return (
            f"{kata.slug} has no questions to recall yet: they come with its first pass."
            if (kata.folder / "questions.md").exists()
            else f"{kata.slug} has no questions."
        )
    later = cards.coming()
    words = f" The next card comes {report.when(later)}." if later else ""
    return f"No question is due.{words} All of one kata: {command()} NAME --quiz"


def one(console: Console, ask: Ask, each: Asked) -> bool:
    """Ask one question and grade it; False where the person leaves."""
    console.print(Markdown(each.question.heading), style="bold")
    console.print()
    began = time.monotonic()
    if typed(ask, "Enter shows the answer, q quits: ") == QUIT:
        return False
    console.print(Markdown(each.question.answer))
    console.print()
    answer = ""
    while answer not in RATINGS:
        answer = typed(ask, "How well did you know it? 1 again, 2 hard, 3 good, 4 easy, q quits: ")
        if answer == QUIT:
            return False
    seconds = int(time.monotonic() - began)
    review = questions.answer(each.card, RATINGS[answer], due=each.due, seconds=seconds)
    if review is None:
        console.print("It was answered elsewhere meanwhile: this grade is not kept.")
    elif review.card.due:
        console.print(f"It comes again {report.when(review.card.due)}.")
    return True


def typed(ask: Ask, question: str) -> str:
    """What the person types; at the end of it they leave."""
    answer = ask(question)
    return QUIT if answer is None else answer.strip().lower()


def calendar(console: Console, *, as_json: bool) -> None:
    """The last twelve weeks, each from its Monday."""
    found = days.days(7 * (days.WEEKS - 1) + timezone.localdate().weekday() + 1)
    if as_json:
        console.file.write(json.dumps([dataclasses.asdict(each) for each in found], default=str))
    else:
        report.show_days(console, found)


def path(console: Console, name: str) -> None:
    """Follow the path of that name and show it; all of them for no name."""
    if not name:
        report.show_paths(console, list(paths.paths().values()), following.followed())
        return
    found = following.follow(name)
    if found is None:
        console.print(f"You follow no path: `{command()}` goes by the tracks.", markup=False)
    else:
        report.show_path(console, found, catalogue.catalogue(), runs.progress())
