"""What is measured, each on the right thing, and what it should come to."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalogue import cases, catalogue, load
from core.kata import Kata
from scripts.benchmarks.copies import together, without_django
from scripts.benchmarks.pairs import Pairs, Timed, in_turn
from scripts.benchmarks.plain import Project
from scripts.benchmarks.workspace import HERE, Broken, Workspace, copy_code, end, make_workspace


@dataclass(frozen=True)
class Sizes:
    """Numbers of katas: a few, as many as a plain project has installed, and very many."""

    few: int = 10
    installed: int = 110
    many: int = 1000


@dataclass(frozen=True)
class Row:
    """One line of the table. Targets are the most that the medians may be; None: only shown."""

    what: str
    against: str
    pairs: Pairs
    most_ratio: float | None = None
    most_seconds: float | None = None


class Judge:
    """A process that judges warm in a workspace, and says how long it took."""

    def __init__(self, workspace: Workspace, *arguments: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, str(HERE / "worker.py"), *arguments],
            cwd=workspace.code,
            env=workspace.environment | {"PYTHONPATH": str(workspace.code)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, kata: Kata) -> dict[str, Any]:
        if self.process.stdin is None or self.process.stdout is None:
            raise Broken("The process that judges has no pipes.")
        self.process.stdin.write(f"{kata.slug}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer: dict[str, Any] = json.loads(line or "{}")
        if answer.get("status") != "passed":
            raise Broken(f"The warm verdict of {kata.slug} is {answer.get('status', 'missing')}.")
        return answer


class Bench:
    """Everything made once: the workspaces, the plain project, the katas to measure."""

    def __init__(self, folder: Path, sizes: Sizes, *, repeat: int, bare: bool) -> None:
        self.folder, self.sizes, self.repeat = folder, sizes, repeat
        own = catalogue().katas
        shop = [kata for kata in own if "core.bookshop" in kata.uses and together(kata)]
        plain = [kata for kata in own if without_django(kata) and together(kata)]
        subjects = [*_spread(shop)[:3], *_spread(plain)[:3]]  # in the smallest catalogue too
        self.ordered = [*subjects, *(kata for kata in own if kata not in subjects)]
        (folder / "code").mkdir()
        self.code = copy_code(folder / "code")
        self.workspaces: dict[int, Workspace] = {}
        self.middle = self.workspace(sizes.installed)
        made = {path.name: load(path) for path in sorted(self.middle.katas.glob("*/*[!_]/"))}
        self.project = Project(self.middle, list(made.values()), bare=bare)
        self.left_out: list[str] = []
        self.shop = self._sound([made[kata.slug] for kata in _spread(shop) if kata.slug in made])
        self.plain = self._sound([made[kata.slug] for kata in _spread(plain) if kata.slug in made])

    def _sound(self, katas: Sequence[Kata]) -> list[Kata]:
        """The first three whose tests pass in the plain project, those with fewer cases first.

        Another kata's tables may stand in the way.
        """
        sound: list[Kata] = []
        for kata in katas:
            try:
                self.project.pytest(kata, "many")
                sound.append(kata)
            except Broken as error:
                self.left_out.append(f"{kata.slug} is left out: {error}")
            if len(sound) == 3:
                break
        if not sound:
            raise Broken("\n".join(self.left_out))
        return sorted(sound, key=count)

    def workspace(self, total: int) -> Workspace:
        if total not in self.workspaces:
            self.workspaces[total] = make_workspace(
                self.folder / str(total), self.code, self.ordered, total
            )
        return self.workspaces[total]

    @contextlib.contextmanager
    def judge(self, total: int, *arguments: str) -> Iterator[Judge]:
        judge = Judge(self.workspace(total), *arguments)
        try:
            yield judge
        finally:
            if judge.process.stdin:
                judge.process.stdin.close()
            end(judge.process)

    def pairs(self, katas: Sequence[Kata], pair: Callable[[Kata], tuple[Timed, Timed]]) -> Pairs:
        """As many pairs as asked for, the katas in turn."""
        return in_turn([pair(kata) for kata in katas], repeat=-(-self.repeat // len(katas)))

    @property
    def pytest_with_all(self) -> str:
        return f"pytest, {len(self.project.installed)} katas installed"

    def warm(self) -> list[Row]:
        """The verdict alone, in a process that stays: what the server does for a run."""
        rows = []

        def pair(kata: Kata) -> tuple[Timed, Timed]:
            return lambda: judge(kata)["run"], lambda: self.project.pytest(kata, "many")

        with self.judge(self.sizes.installed) as judge:
            for katas, ratio, seconds in ((self.shop, 0.06, 0.12), (self.plain, None, 0.07)):
                for kata in katas:
                    pairs = self.pairs([kata], pair)
                    what = f"warm verdict, {kata.slug}, {count(kata)} cases"
                    rows.append(Row(what, self.pytest_with_all, pairs, ratio, seconds))
        return rows

    def one_shot(self) -> list[Row]:
        """The whole process, as a person waits for it, with the background server."""
        with self.middle.server():
            pairs = self.pairs(
                self.shop,
                lambda kata: (
                    lambda: self.middle.manage("kata", kata.slug),
                    lambda: self.project.pytest(kata, "many"),
                ),
            )
        return [Row("kata NAME, server", self.pytest_with_all, pairs, None, 0.25)]

    def cold(self) -> list[Row]:
        """The whole process without a server."""

        def pair(kata: Kata) -> tuple[Timed, Timed]:
            alone = self.project.alone(kata)
            return (
                lambda: self.middle.manage("kata", kata.slug, "--cold"),
                lambda: self.project.pytest(kata, alone),
            )

        pairs = self.pairs(self.shop, pair)
        return [Row("kata NAME --cold", "pytest, that kata installed", pairs, 1.0)]

    def size(self) -> list[Row]:
        """Very many katas against a few."""
        few, many = self.sizes.few, self.sizes.many
        kata = self.shop[0]
        small, large = self.workspace(few), self.workspace(many)
        rows = []

        def row(what: str, a: Timed, b: Timed, most: float | None) -> None:
            pairs = in_turn([(a, b)], repeat=self.repeat)
            rows.append(Row(f"{what}, {many} katas", f"{few} katas", pairs, most))

        def found(judge: Judge) -> float:
            answer = judge(kata)
            return float(answer["get"] + answer["run"])

        def process(what: str, most: float | None, *words: str) -> None:
            row(what, lambda: large.manage(*words), lambda: small.manage(*words), most)

        with self.judge(many) as larger, self.judge(few) as smaller:
            row("find and judge, warm", lambda: found(larger), lambda: found(smaller), 1.1)
        with large.server(), small.server():
            process("kata NAME, server", 1.1, "kata", kata.slug)
            process("kata, server", 2.0, "kata")
        process("kata --cold", None, "kata", "--cold")
        return rows

    def phases(self) -> dict[str, dict[str, float]]:
        """Seconds of each phase of one warm verdict, medians, by the kind of kata.

        In turn with pytest, as the other lines: neither at once after the last, nor on an idle machine.
        """
        found: dict[str, dict[str, float]] = {}
        with self.judge(self.sizes.installed, "phases") as judge:
            for what, katas in (("bookshop kata", self.shop), ("plain Python kata", self.plain)):
                for kata in katas:
                    judge(kata)
                kata = katas[len(katas) // 2]
                rounds = []
                for _ in range(self.repeat):
                    self.project.pytest(kata, "many")
                    rounds.append(judge(kata)["phases"])
                found[what] = {
                    name: sorted(each[name] for each in rounds)[len(rounds) // 2]
                    for name in rounds[0]
                }
        return found


def _spread(katas: Sequence[Kata]) -> list[Kata]:
    """The kata with the fewest cases, one in the middle, the one with the most, and then the others."""
    by_cases = sorted(katas, key=count)
    first = [by_cases[at] for at in sorted({0, len(by_cases) // 2, len(by_cases) - 1})]
    return [*first, *(kata for kata in by_cases if kata not in first)]


def count(kata: Kata) -> int:
    """How many cases judge it."""
    recorded = cases(kata)
    return len(recorded.tasks) if recorded else 0


MEASURES: dict[str, Callable[[Bench], list[Row]]] = {
    "warm": Bench.warm,
    "one-shot": Bench.one_shot,
    "cold": Bench.cold,
    "size": Bench.size,
}
