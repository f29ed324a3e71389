import contextlib
import dataclasses
import json
import sys
from typing import Any

from django.core.management import CommandParser
from django.db import DatabaseError
from rich.markdown import Markdown
from rich.syntax import Syntax

from core import catalogue, editing, runs
from core.comparison import compare
from core.documents import hints, read
from core.errors import KataError
from core.kata import Kata
from core.management import practising, predicting
from core.management.base import WorkspaceCommand, unready
from core.management.flags import EXAMPLES, add_arguments
from core.models import Help
from core.practice import cards, following, grading
from core.practice.predictions import predicted
from core.report import overview
from core.report import verdict as report
from core.report.comparison import show as show_comparison
from core.report.history import show_history
from core.report.measure import show as show_measured
from core.runner import demo
from core.runner.debug import debug
from core.runner.run import run
from core.source import Source, shipped
from core.verdict import EXIT_STATUS, Status, Verdict, verdict_from_json

ACTIONS = (
    "measure",
    "diff",
    "hint",
    "reset",
    "solution",
    "why",
    "history",
    "debug",
    "open",
    "watch",
    "lab",
    "profile",
    "shell",
    "again",
    "quiz",
    "path",
    "calendar",
)
WITH_JSON = (None, "history", "measure", "diff", "calendar")


class Command(WorkspaceCommand):
    help = "Run a kata, or show how far you are."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        action = next((each for each in ACTIONS if _given(options[each])), None)
        wants_run = action or options["source"] or options["seed"] is not None or options["give_up"]
        if not name and not wants_run:
            self.overview(options["json"])
            return
        if name and not wants_run and not catalogue.named(name) and catalogue.is_track(name):
            overview.show_track(self.console, catalogue.catalogue(), name, runs.progress())
            return
        if options["json"] and action not in WITH_JSON:
            raise KataError(
                "--json goes with a run, --history, --measure, --diff, --calendar or no name, "
                f"not with --{action}."
            )
        if action in ("quiz", "path", "calendar"):
            self.practise(action, name, options)
            return
        name = name or (self.ahead() if action == "open" else "") or self.focus()
        self.act(catalogue.get(name), action, options)

    def act(self, kata: Kata, action: str | None, options: dict[str, Any]) -> None:
        """What one does with a kata."""
        if action == "again":
            practising.repeat(self.console, kata)
        elif action == "measure":
            self.measure(kata, options["json"])
        elif action == "diff":
            self.diff(kata, options["diff"], options["json"])
        elif action == "hint":
            self.hint(kata, options["hint"])
        elif action == "reset":
            self.reset(kata, options["reset"])
        elif action == "solution" or (options["give_up"] and not action):
            self.solution(kata, give_up=options["give_up"])
        elif action == "why":
            self.why(kata, give_up=options["give_up"])
        elif action == "history":
            self.history(kata, options["json"])
        elif action == "debug":
            sys.exit(debug(kata, options["source"] or "exercise", seed=options["seed"]))
        elif action == "open":
            self.open(kata)
        elif action == "watch":
            self.watch(kata, options)
        elif action in ("lab", "profile"):
            self.lab(kata, options["profile"])
        elif action == "shell":
            self.shell(kata)
        else:
            self.run(kata, options)

    def practise(self, action: str, name: str | None, options: dict[str, Any]) -> None:
        """What is of no kata, or need not be."""
        if action == "quiz":
            self.stopped = "Stopped. What was answered is kept."
            practising.quiz(self.console, self.asking(), catalogue.get(name) if name else None)
        elif name:
            raise KataError(f"--{action} is of all katas: leave {name} out.")
        elif action == "path":
            practising.path(self.console, options["path"])
        else:
            practising.calendar(self.console, as_json=options["json"])

    def focus(self) -> str:
        slug = runs.focus()
        if not slug:
            raise KataError(
                "No kata was run yet, so a name is needed.",
                hint=f"`{catalogue.command()}` shows them.",
            )
        return slug

    def ahead(self) -> str:
        """The next kata, unless one was begun last: that is gone on with."""
        found, passed, slug = catalogue.catalogue(), runs.passed(), runs.focus()
        focused = next((kata for kata in found.katas if kata.slug == slug), None)
        if focused and focused.uuid not in passed:
            return focused.slug
        upcoming = overview.next_kata(found, passed, path=following.followed())
        return upcoming.slug if upcoming else ""

    def overview(self, as_json: bool) -> None:
        found, progress = catalogue.catalogue(), runs.progress()
        due, path = cards.due(), following.followed()
        if as_json:
            answer = overview.as_json(found, progress, due=due, path=path)
            self.stdout.write(json.dumps(answer, indent=2))
        else:
            later = None if due else cards.coming()
            overview.show(self.console, found, progress, due=due, later=later, path=path)

    def run(self, kata: Kata, options: dict[str, Any]) -> None:
        asked = not options["source"] and not options["json"]
        said = predicting.prediction(self.asking(), kata) if asked else None
        with self.busy(kata.slug, options["json"]):
            verdict, files = run(
                kata,
                options["source"] or "exercise",
                seed=options["seed"],
                launch=self.launch,
                hangup=self.hangup,
            )
        if options["json"]:
            self.stdout.write(json.dumps(verdict.to_json(), indent=2))
        else:
            report.show(self.console, kata, verdict, full=options["verbosity"] > 1)
        steps = self.store(kata, verdict, files)
        if said:
            predicting.compare(self.console, kata, verdict, *said)
        if not options["json"]:
            self.console.print()
            for step in steps:
                self.console.print(step, markup=False, soft_wrap=True)
        sys.exit(EXIT_STATUS[verdict.status])

    def watch(self, kata: Kata, options: dict[str, Any]) -> None:
        from core.watch.watch import watch  # imports what no other flag needs

        sys.exit(watch(kata, self.console, options))

    def lab(self, kata: Kata, call: str | None) -> None:
        from core.lab.attended import attended  # imports what no other flag needs

        attended(kata, self.console, call)

    def shell(self, kata: Kata) -> None:
        from core.lab.shell import shell  # the same

        sys.exit(shell(kata))

    def busy(self, what: str, as_json: bool) -> contextlib.AbstractContextManager[object]:
        """A spinner on a terminal, nothing in a pipe."""
        if as_json or not self.stdout.isatty():
            return contextlib.nullcontext()
        return self.console.status(f"{what} …")

    def store(self, kata: Kata, verdict: Verdict, files: Source | None) -> list[str]:
        """Keep and grade the run; what to do next. A verdict is worth showing all the same."""
        practised: list[str] = []
        coming = None
        try:
            _, review = grading.store(verdict, files, kata=kata)
            if verdict.status is Status.PASSED:
                path = following.followed()
                coming = overview.following(kata, runs.passed(), path=path)
                if verdict.source == runs.OWN:
                    practised = practising.after_pass(kata, review)
        except DatabaseError as error:
            self.stderr.write(f"The run was not stored. {unready(error)}")
        return [*practised, *report.next_steps(kata, verdict, coming.slug if coming else None)]

    def history(self, kata: Kata, as_json: bool) -> None:
        said = None if as_json else predicted(kata)
        show_history(self.console, kata, runs.history(kata), said, as_json=as_json)

    def diff(self, kata: Kata, number: int, as_json: bool) -> None:
        found = runs.attempts(kata, number or None)
        if not found:
            raise KataError(
                f"{kata.slug} has no two attempts to compare"
                + (f" with run {number}." if number else "."),
                hint=f"`{catalogue.command()} {kata.slug} --history` shows its runs.",
            )
        old, new = found
        comparison = compare(
            verdict_from_json(old.judgement.verdict),
            verdict_from_json(new.judgement.verdict),
            runs.files_of(old),
            runs.files_of(new),
        )
        if as_json:
            answer = {"old": old.pk, "new": new.pk} | dataclasses.asdict(comparison)
            self.stdout.write(json.dumps(answer, indent=2))
        else:
            show_comparison(self.console, old.pk, new.pk, comparison)

    def measure(self, kata: Kata, as_json: bool) -> None:
        with self.busy(f"{kata.slug}: measuring", as_json):
            measured = demo.measure(kata, launch=self.launch, hangup=self.hangup)
        if as_json:
            self.stdout.write(json.dumps(demo.as_json(measured), indent=2))
        else:
            show_measured(self.console, kata, measured)

    def hint(self, kata: Kata, task: int) -> None:
        """Show the steps seen before, and one more; each graded repeat begins with the first."""
        steps = hints(kata)
        task = task or self.failing_task(kata)
        if task not in steps:
            raise KataError(
                f"{kata.slug} has no task {task}.", hint=f"Tasks: 1 to {len(kata.tasks)}."
            )
        since = grading.last_graded(kata)
        seen = min(runs.hints_shown(kata, task, since) + 1, len(steps[task]))
        runs.take_help(kata, Help.Kind.HINT, task=task, step=seen)
        self.console.print(f"{task}  {kata.tasks[task - 1]}", style="bold", markup=False)
        for number, step in enumerate(steps[task][:seen], 1):
            self.console.print(Markdown(f"{number}. {step}"))
        run = f"{catalogue.command()} {kata.slug}"
        last = seen == len(steps[task])
        more = f"{run} --solution --give-up" if last else f"{run} --hint {task}"
        text = "That was the last hint. The solution" if last else f"{len(steps[task]) - seen} more"
        self.console.print(f"{text}: {more}", markup=False, soft_wrap=True)

    def failing_task(self, kata: Kata) -> int:
        """The first task that did not pass in the last run; 1 where there is none."""
        stored = runs.last_verdict(kata)
        tasks = verdict_from_json(stored).tasks if stored else ()
        return next((task.number for task in tasks if task.status is not Status.PASSED), 1)

    def reset(self, kata: Kata, number: int) -> None:
        if number:
            found = runs.find(kata, number)
            if not found or not runs.files_of(found):
                raise KataError(
                    f"{kata.slug} has no run {number} with files.",
                    hint=f"`{catalogue.command()} {kata.slug} --history` shows its runs.",
                )
            kept = editing.restore(kata, shipped(kata) | runs.files_of(found))
        else:
            kept = editing.reset(kata)
        edit = ", ".join(catalogue.relative(kata.folder / entry) for entry in kata.edit)
        if kept:
            self.console.print(f"{edit} is fresh.", markup=False, soft_wrap=True)
            if kept.exists():
                where = f"Yours is in {catalogue.relative(kept)}"
                self.console.print(where, markup=False, soft_wrap=True)
        else:
            self.console.print(
                f"{edit} is already so: nothing to do.", markup=False, soft_wrap=True
            )

    def solution(self, kata: Kata, *, give_up: bool) -> None:
        self.earn(kata, give_up, "--solution")
        for path in sorted((kata.folder / "author" / "solution").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                self.console.rule(catalogue.relative(path), style="dim")
                code = path.read_text(encoding="utf-8").rstrip()
                if self.console.no_color:
                    self.console.print(code, markup=False, soft_wrap=True)
                else:
                    lexer = Syntax.guess_lexer(str(path), code)
                    self.console.print(
                        Syntax(code, lexer, theme="ansi_dark", background_color="default")
                    )

    def why(self, kata: Kata, *, give_up: bool) -> None:
        self.earn(kata, give_up, "--why")
        self.console.print(Markdown(read(kata, "why.md")))

    def earn(self, kata: Kata, give_up: bool, flag: str) -> None:
        """The answers come after a pass, or for giving up, which is remembered."""
        if give_up:
            runs.take_help(kata, Help.Kind.GAVE_UP)
        elif not grading.earned(kata):
            again = " since --again" if runs.has_passed(kata) else ""
            raise KataError(
                f"{kata.slug} has not passed yet{again}, and {flag} tells the answer.",
                hint=f"A hint: `{catalogue.command()} {kata.slug} --hint`. "
                f"The answer all the same: `{catalogue.command()} {kata.slug} {flag} --give-up`.",
            )

    def open(self, kata: Kata) -> None:
        paths = [kata.folder / "README.md", *(kata.folder / entry for entry in kata.edit)]
        if not editing.open_in_editor(paths):
            for path in paths:
                self.console.print(catalogue.relative(path), markup=False, soft_wrap=True)
            self.console.print(
                "To open them at once, set EDITOR: `export EDITOR=code`.", markup=False
            )


def _given(value: object) -> bool:
    return value is not None and value is not False  # 0 is a value: a flag without its number
