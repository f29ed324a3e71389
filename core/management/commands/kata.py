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
from core.judge.queries import counted
from core.kata import Kata
from core.management.base import WorkspaceCommand, unready
from core.management.flags import EXAMPLES, add_arguments
from core.models import Help
from core.report import overview
from core.report import verdict as report
from core.report.comparison import show as show_comparison
from core.report.history import show_history
from core.report.measure import show as show_measured
from core.runner import demo
from core.runner.debug import debug
from core.runner.run import run
from core.source import Source, author_sources, read_source
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
)


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
        kata = catalogue.get(name or self.focus())
        if options["json"] and action not in (None, "history", "measure", "diff"):
            raise KataError(
                f"--json goes with a run, --history, --measure, --diff or no name, not with --{action}."
            )
        if action == "measure":
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
            show_history(self.console, kata, runs.history(kata), as_json=options["json"])
        elif action == "debug":
            sys.exit(debug(kata, options["source"] or "exercise", seed=options["seed"]))
        elif action == "open":
            self.open(kata)
        elif action == "watch":
            self.watch(kata, options)
        else:
            self.run(kata, options)

    def focus(self) -> str:
        slug = runs.focus()
        if not slug:
            raise KataError(
                "No kata was run yet, so a name is needed.",
                hint=f"`{catalogue.command()}` shows them.",
            )
        return slug

    def overview(self, as_json: bool) -> None:
        found, progress = catalogue.catalogue(), runs.progress()
        if as_json:
            self.stdout.write(json.dumps(overview.as_json(found, progress), indent=2))
        else:
            overview.show(self.console, found, progress)

    def run(self, kata: Kata, options: dict[str, Any]) -> None:
        predicted = None if options["source"] or options["json"] else self.prediction(kata)
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
        following = self.store(kata, verdict, files)
        if predicted:
            self.compare_prediction(kata, verdict, *predicted)
        if not options["json"]:
            self.console.print()
            for step in report.next_steps(kata, verdict, following):
                self.console.print(step, markup=False, soft_wrap=True)
        sys.exit(EXIT_STATUS[verdict.status])

    def watch(self, kata: Kata, options: dict[str, Any]) -> None:
        from core.watch.watch import watch  # imports what no other flag needs

        sys.exit(watch(kata, self.console, options))

    def prediction(self, kata: Kata) -> tuple[str, int | None] | None:
        """Before the first run of a kata with a budget: a call, and what the learner expects of it."""
        recorded = catalogue.cases(kata)
        if not recorded or not recorded.predict or not runs.may_predict(kata):
            return None
        answer = self.ask(
            f"Before you run it: how many queries will {recorded.predict} send as it stands?\n"
            "A number, or Enter to skip: "
        )
        if answer is None:
            return None
        return recorded.predict, int(answer) if answer.strip().isdecimal() else None

    def compare_prediction(
        self, kata: Kata, verdict: Verdict, call: str, queries: int | None
    ) -> None:
        found = [m for case in verdict.cases for m in case.measurements if m.call == call]
        measured = int(found[0].value) if found else None
        runs.predict(kata, call, queries, measured)
        if queries is not None and measured is not None:
            right = "You were right" if queries == measured else f"You said {queries}"
            self.console.print(f"{right}: {call} sent {counted(measured)}.", markup=False)

    def busy(self, what: str, as_json: bool) -> contextlib.AbstractContextManager[object]:
        """A spinner on a terminal, nothing in a pipe."""
        if as_json or not self.stdout.isatty():
            return contextlib.nullcontext()
        return self.console.status(f"{what} …")

    def store(self, kata: Kata, verdict: Verdict, files: Source | None) -> str | None:
        """Keep the run; the kata to do next after a pass. A verdict is worth showing all the same."""
        try:
            runs.store(verdict, files, kata=kata)
            if verdict.status is Status.PASSED:
                following = overview.following(kata, runs.progress())
                return following.slug if following else None
        except DatabaseError as error:
            self.stderr.write(f"The run was not stored. {unready(error)}")
        return None

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
        """Show the steps seen before, and one more."""
        steps = hints(kata)
        task = task or self.failing_task(kata)
        if task not in steps:
            raise KataError(
                f"{kata.slug} has no task {task}.", hint=f"Tasks: 1 to {len(kata.tasks)}."
            )
        seen = min(runs.hints_shown(kata, task) + 1, len(steps[task]))
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
            kept = editing.restore(kata, self.shipped(kata) | runs.files_of(found))
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

    def shipped(self, kata: Kata) -> dict[str, bytes]:
        """The files as shipped: for those that came after a run."""
        return read_source(kata, "stub").files if "stub" in author_sources(kata) else {}

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
        elif not runs.has_passed(kata) and not runs.gave_up(kata):
            raise KataError(
                f"{kata.slug} has not passed yet, and {flag} tells the answer.",
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
