"""What a kata's page shows. Its queries are few, and as many after ten runs as after a million."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.safestring import SafeString

from core import catalogue
from core.cockpit import brief, code, plot
from core.cockpit.brief import Answer, Brief
from core.cockpit.code import File
from core.cockpit.due import CardNote, note
from core.cockpit.judged import Judged, TaskRow, asked, judged
from core.cockpit.live import Live, live
from core.errors import KataError
from core.kata import Kata
from core.models import Card, Help, Judgement, Run, Standing
from core.practice import cards
from core.practice.grading import opens
from core.practice.schedule import graded_at
from core.runs import OWN
from core.source import read_source

PLOTTED = 40  # attempts: more would not be told apart


@dataclass(frozen=True)
class Hints:
    """The steps of one task that were shown, and how many are left."""

    task: int
    shown: tuple[SafeString, ...]
    left: int


@dataclass(frozen=True)
class TaskPart:
    """A task as the brief tells it, with what the last run made of it and the help taken."""

    number: int
    title: str
    text: SafeString
    row: TaskRow | None
    hints: Hints | None


@dataclass(frozen=True)
class Stand:
    """How the learner stands with the kata."""

    status: str = ""
    runs: int = 0
    passes: int = 0
    best: float | None = None
    last_at: datetime | None = None

    @property
    def state(self) -> str:
        """`passed` once is passed; else what the last run gave, "" before the first."""
        return Run.Result.PASSED.value if self.passes else self.status


@dataclass(frozen=True)
class Own:
    """The learner's files as they stand; `problem` where they cannot be read."""

    files: tuple[File, ...]
    checksum: str
    problem: KataError | None = None


@dataclass(frozen=True)
class Neighbours:
    before: Kata | None
    after: Kata | None


@dataclass(frozen=True)
class KataPage:
    kata: Kata
    stand: Stand
    brief: Brief
    tasks: tuple[TaskPart, ...]
    own: Own
    live: Live | None  # the open run of the learner's own file
    run: Run | None  # the last of these that came to a verdict
    judged: Judged | None
    changed: bool  # the file is not what that run judged
    attempts: tuple[Run, ...]  # the newest first
    plot: plot.Attempts | None
    answer: Answer | None
    gave_up: bool
    card: CardNote
    neighbours: Neighbours


def kata_page(kata: Kata, learner: User) -> KataPage:
    card = cards.of_kata(kata, learner)
    shown, gave_up = help_taken(kata, learner, card)
    stand = standing(kata, learner)
    waiting, attempts = own_runs(kata, learner)
    run = attempts[0] if attempts else None
    verdict = _verdict(run)
    own = own_files(kata, verdict, run)
    rows = {row.number: row for row in verdict.tasks} if verdict else {}
    words = brief.brief(kata)
    steps = brief.hints(kata)
    return KataPage(
        kata,
        stand,
        words,
        tuple(
            TaskPart(
                number,
                title,
                words.tasks.get(number, SafeString()),
                rows.get(number),
                _hints(number, steps.get(number, ()), shown[number]),
            )
            for number, title in enumerate(kata.tasks, 1)
        ),
        own,
        live(waiting),
        run,
        verdict,
        changed=bool(run and run.snapshot_id != own.checksum),
        attempts=attempts,
        plot=_plot(attempts),
        answer=brief.answer(kata) if opens(card, stand.passes > 0, gave_up) else None,
        gave_up=gave_up is not None,
        card=note(card),
        neighbours=_neighbours(kata),
    )


def parts_of(kata: Kata) -> str:
    """The parts of the page that a new verdict changes, as htmx names them."""
    numbers = range(1, len(kata.tasks) + 1)
    tasks = (f"#task-{number},#hints-{number}" for number in numbers)
    return ",".join(("#about", *tasks, "#verdict", "#own", "#attempts", "#answer"))


def standing(kata: Kata, learner: User) -> Stand:
    found = Standing.objects.filter(kata__uuid=kata.uuid, learner=learner).first()
    if not found:
        return Stand()
    return Stand(found.status, found.runs, found.passes, found.best, found.last_at)


def help_taken(
    kata: Kata, learner: User, card: Card | None
) -> tuple[Counter[int], datetime | None]:
    """How many steps were shown by task since the last grade, and when the learner gave up."""
    taken = Help.objects.filter(kata__uuid=kata.uuid, learner=learner)
    since = graded_at(card.state) if card else None
    found = list(taken.values_list("kind", "task", "at"))
    shown = Counter(
        task for kind, task, at in found if kind == Help.Kind.HINT and (not since or at > since)
    )
    return shown, max((at for kind, _, at in found if kind == Help.Kind.GAVE_UP), default=None)


def hints_of(kata: Kata, task: int, learner: User) -> Hints | None:
    """The hints of one task; None where it has none."""
    shown, _ = help_taken(kata, learner, cards.of_kata(kata, learner))
    return _hints(task, brief.hints(kata).get(task, ()), shown[task])


def _hints(task: int, steps: tuple[SafeString, ...], shown: int) -> Hints | None:
    return Hints(task, steps[:shown], max(len(steps) - shown, 0)) if steps else None


def own_runs(kata: Kata, learner: User) -> tuple[Run | None, tuple[Run, ...]]:
    """The newest runs of the learner's own file: the one that is open, and those with a verdict."""
    mine = Run.objects.filter(kata__uuid=kata.uuid, learner=learner, source=OWN)
    shown = mine.filter(Q(duration__isnull=False) | Q(status__in=Run.OPEN)).select_related("kata")
    found = list(shown.order_by("-pk")[: PLOTTED + 1])
    waiting = next((run for run in found if run.status in Run.OPEN), None)
    return waiting, tuple(run for run in found if run.status not in Run.OPEN)[:PLOTTED]


def _verdict(run: Run | None) -> Judged | None:
    stored = Judgement.objects.filter(run=run).first() if run else None
    return judged(stored.verdict) if stored else None


def own_files(kata: Kata, verdict: Judged | None, run: Run | None) -> Own:
    """The files in place; where the last run judged them, with what their lines asked."""
    try:
        source = read_source(kata)
    except KataError as error:
        return Own((), "", error)
    same = verdict and run and run.snapshot_id == source.checksum
    return Own(
        tuple(
            code.file(
                path,
                content,
                queries=asked(verdict.verdict, path) if same and verdict else None,
                link=editor_link(kata, path),
            )
            for path, content in sorted(source.files.items())
        ),
        source.checksum,
    )


def editor_link(kata: Kata, path: str, line: int = 1) -> str:
    """Opens the file in VS Code, where its scheme is known."""
    return f"vscode://file{quote(str(kata.folder / path))}:{line}"


def _plot(attempts: tuple[Run, ...]) -> plot.Attempts | None:
    if len(attempts) < 2:
        return None
    return plot.attempts(
        [
            plot.Attempt(run.pk, run.status, run.queries, run.budget, run.duration or 0.0)
            for run in reversed(attempts)
        ]
    )


def _neighbours(kata: Kata) -> Neighbours:
    katas = catalogue.catalogue().katas
    here = next((n for n, each in enumerate(katas) if each.uuid == kata.uuid), None)
    if here is None:
        return Neighbours(None, None)
    return Neighbours(
        katas[here - 1] if here else None, katas[here + 1] if here + 1 < len(katas) else None
    )
