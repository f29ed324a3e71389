import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import CommandParser
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from core import catalogue, paths
from core.check.check import Checked, check
from core.check.finding import Finding
from core.check.mutation import Mutation, mutate, require_library
from core.kata import Kata
from core.management.base import WorkspaceCommand, under
from core.report import mutation, overview
from core.report.console import console, mark
from core.server.forker import Forker
from core.verdict import Status


class Command(WorkspaceCommand):
    help = "Prove katas sound: stub fails, solution passes, wrong answers are rejected."
    examples = """
examples:
  kata_check                          every kata
  kata_check iterators annotate       some
  kata_check iterators --write        and record its cases in author/cases.json
  kata_check iterators --mutate       and change its solution: do the tests notice?
  kata_check --json                   for machines

exit status:
  0 all sound, 1 something to mend, 4 the command was wrong
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="Katas; all if none is named.")
        parser.add_argument("--json", action="store_true", help="Print JSON instead of words.")
        parser.add_argument("--write", action="store_true", help="Write author/cases.json.")
        parser.add_argument(
            "--mutate", action="store_true", help="Change the solution: do the tests notice?"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["mutate"]:
            require_library()
        found = catalogue.catalogue()
        katas = found.katas
        problems = found.problems
        wrong_paths = tuple(paths.problems(found))
        if options["names"]:
            katas = tuple(catalogue.get(name) for name in dict.fromkeys(options["names"]))
            problems = wrong_paths = ()
        with Forker() as forker:
            checked = self.prove(katas, forker, write=options["write"])
            mutations = self.mutate(katas, forker) if options["mutate"] else []
        findings = [each.findings for each in checked] + [each.findings for each in mutations]
        sound = not problems and not wrong_paths and not any(findings)
        if options["json"]:
            answer = {
                "sound": sound,
                "katas": [dataclasses.asdict(each) for each in checked],
                "mutations": [
                    dataclasses.asdict(each) | {"score": each.score} for each in mutations
                ],
                "problems": [str(problem) for problem in (*problems, *wrong_paths)],
            }
            self.stdout.write(json.dumps(answer, indent=2))
        else:
            for each in checked:
                self.show(each)
            for problem in (*problems, *wrong_paths):
                overview.warn(self.console, problem)
            self.summary(checked, len(problems), len(wrong_paths))
            self.show_mutations(mutations)
        if not sound:
            sys.exit(1)

    def prove(self, katas: tuple[Kata, ...], forker: Forker, *, write: bool) -> list[Checked]:
        with self.progress() as bar:
            task = bar.add_task("katas", total=len(katas))

            def progress(kata: Kata) -> None:
                bar.update(task, advance=1, description=kata.slug)

            return check(katas, write=write, progress=progress, launch=forker)

    def mutate(self, katas: tuple[Kata, ...], forker: Forker) -> list[Mutation]:
        mutations = []
        with self.progress() as bar:
            for number, kata in enumerate(katas, 1):
                task = bar.add_task(f"{kata.slug}, kata {number} of {len(katas)}", total=None)

                def progress(done: int, of: int, task: TaskID = task) -> None:
                    bar.update(task, completed=done, total=of)

                mutations.append(mutate(kata, progress=progress, launch=forker))
                bar.remove_task(task)
        return mutations

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress bar on the terminal, on standard error."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        where = console(under(self.stderr))
        with Progress(
            *columns, console=where, transient=True, disable=not where.is_terminal
        ) as bar:
            yield bar

    def show(self, checked: Checked) -> None:
        status = Status.FAILED if checked.findings else Status.PASSED
        words = f"{checked.cases} cases, {checked.wrong} wrong answers rejected"
        if checked.unavailable:
            status, words = Status.UNAVAILABLE, f"not run: {checked.unavailable}"
        elif checked.findings:
            words = f"{len(checked.findings)} to mend"
        text = Text.assemble(
            mark(status), f" {checked.track}/", (checked.kata, "bold"), f"  {words}"
        )
        self.console.print(text, soft_wrap=True)
        self.show_findings(checked.findings)

    def show_mutations(self, mutations: list[Mutation]) -> None:
        for each in mutations:
            mutation.show(self.console, each)
            self.show_findings(each.findings)
        if mutations:
            mutation.summary(self.console, mutations)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        for each in findings:
            line = Text.assemble(f"  {each.file}  ", (each.rule, "bold"), f": {each.message}")
            self.console.print(line, soft_wrap=True)
            self.console.print(f"      {each.fix}", style="dim", markup=False, soft_wrap=True)

    def summary(self, checked: list[Checked], problems: int, wrong_paths: int) -> None:
        bad = sum(bool(each.findings) for each in checked) + problems + wrong_paths
        skipped = sum(bool(each.unavailable) for each in checked)
        words = f"{len(checked) + problems} katas, {bad} to mend"
        self.console.print(f"{words}, {skipped} not run" if skipped else words)
