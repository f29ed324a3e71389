"""The screens of `kata` alone and of a track: what there is, what is done, what is next."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from core.catalogue import Catalogue, catalogue, command
from core.errors import KataError
from core.kata import Kata
from core.paths import KataPath
from core.practice.cards import Due
from core.report.console import mark
from core.report.practice import questions, when
from core.runs import Progress
from core.verdict import Status

MOST_DUE = 3  # katas; all of them would push the rest off the screen


def show(
    console: Console,
    found: Catalogue,
    progress: Mapping[str, Progress],
    *,
    due: Sequence[Due] = (),
    later: datetime | None = None,
    path: KataPath | None = None,
) -> None:
    """Progress by track, what is due (else when something is), and the next kata."""
    done = passed_of(found, progress)
    table = Table.grid(padding=(0, 2, 0, 0))
    for track in dict.fromkeys(kata.track for kata in found.katas):
        katas = [kata for kata in found.katas if kata.track == track]
        passed = sum(kata.uuid in done for kata in katas)
        bar = ProgressBar(total=len(katas), completed=passed, width=20, finished_style="green")
        todo = next((kata.slug for kata in katas if kata.uuid not in done), "")
        table.add_row(
            Text(track, "bold"),
            bar,
            f"{passed} of {len(katas)}",
            Text(todo, "dim"),
        )
    console.print(f"[bold]{len(done)} of {len(found.katas)}[/bold] katas passed")
    console.print()
    console.print(table)
    problems(console, found)
    console.print()
    show_due(console, found, due, later)
    if path:
        along = path.of(found)
        passed = sum(_passed(kata, progress) for kata in along)
        words = f"Path  {path.name}: {passed} of {len(along)} passed"
        console.print(words, markup=False, soft_wrap=True)
    upcoming = next_kata(found, done, path=path)
    if upcoming:
        console.print(f"Next  {upcoming.slug}: {escape(upcoming.title)}")
        console.print(f"      {command()} {upcoming.slug}", soft_wrap=True)
    else:
        console.print("Every kata is passed.")
    tracks = " | ".join(dict.fromkeys(kata.track for kata in found.katas))
    console.print(f"The katas of a track: {command()} {tracks}", markup=False)


def show_due(
    console: Console, found: Catalogue, due: Sequence[Due], later: datetime | None
) -> None:
    """Katas to repeat and questions to recall, each with its command."""
    known = {kata.uuid: kata.slug for kata in found.katas}
    katas = [each for each in due if each.kata in known and not each.question]
    lines = []
    for each in katas[:MOST_DUE]:
        slug = known[each.kata]
        what, flag = "to repeat", " --again"
        if each.repeated:
            what, flag = "is open as a graded repeat", ""
        elif each.planned:
            what, flag = "is planned", ""
        lines.append(f"{slug} {what}: {command()} {slug}{flag}")
    if (more := len(katas) - MOST_DUE) > 0:
        lines.append(f"and {more} more kata{'s' * (more != 1)}")
    if asked := sum(each.kata in known and each.question > 0 for each in due):
        lines.append(f"{questions(asked)} to recall: {command()} --quiz")
    if later and not lines:
        lines.append(f"nothing; the next {when(later)}")
    for number, line in enumerate(lines):
        label = "" if number else "Due"
        console.print(f"{label:<6}{line}", markup=False, soft_wrap=True)


def show_track(
    console: Console, found: Catalogue, track: str, progress: Mapping[str, Progress]
) -> None:
    """Every kata of a track, with how often it was run."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for kata in found.katas:
        if kata.track == track:
            mine = progress.get(kata.uuid, Progress())
            state = Text("·", "dim")
            if mine.runs:
                state = mark(Status.PASSED if mine.passed else Status.FAILED)
            runs = f"{mine.runs} run{'s' * (mine.runs != 1)}" if mine.runs else ""
            table.add_row(
                state,
                Text(kata.slug, "bold"),
                Text(kata.title),
                f"level {kata.level}",
                Text(runs, "dim"),
            )
    console.print(table)


def problems(console: Console, found: Catalogue) -> None:
    """Katas that do not read, each with its fix."""
    for problem in found.problems:
        console.print()
        warn(console, problem)


def warn(console: Console, error: KataError) -> None:
    console.print(Text.assemble(mark(Status.ERROR), f" {error.message}"))
    if error.hint:
        console.print(f"  {error.hint}", markup=False)


def next_kata(
    found: Catalogue,
    passed: Collection[str],
    after: Kata | None = None,
    path: KataPath | None = None,
) -> Kata | None:
    """The first kata in reading order that is not passed; past `after`, if it is given.

    Katas of a path that is followed come before all others.
    """
    if path and (along := _next(path.of(found), passed, after)):
        return along
    return _next(found.katas, passed, after)


def _next(ordered: Sequence[Kata], passed: Collection[str], after: Kata | None) -> Kata | None:
    katas = list(ordered)
    slugs = [kata.slug for kata in katas]
    if after and after.slug in slugs:
        here = slugs.index(after.slug)
        katas = katas[here + 1 :] + katas[:here]
    return next((kata for kata in katas if kata.uuid not in passed), None)


def following(kata: Kata, passed: Collection[str], path: KataPath | None = None) -> Kata | None:
    """What to do after this one: its own track first, which spares reading all the others.

    Katas of a path that is followed come before. `passed` are uuids.
    """
    track = catalogue(kata.track).katas if path is None else ()
    slugs = [each.slug for each in track]
    rest = track[slugs.index(kata.slug) + 1 :] if kata.slug in slugs else ()
    near = next((each for each in rest if each.uuid not in passed), None)
    return near or next_kata(catalogue(), passed, after=kata, path=path)


def passed_of(found: Catalogue, progress: Mapping[str, Progress]) -> set[str]:
    """The uuids of those katas that passed."""
    return {kata.uuid for kata in found.katas if _passed(kata, progress)}


def _passed(kata: Kata, progress: Mapping[str, Progress]) -> bool:
    return progress.get(kata.uuid, Progress()).passed


def as_json(
    found: Catalogue,
    progress: Mapping[str, Progress],
    *,
    due: Sequence[Due] = (),
    path: KataPath | None = None,
) -> dict[str, object]:
    """The list for machines."""
    done = passed_of(found, progress)
    upcoming = next_kata(found, done, path=path)
    known = {kata.uuid: kata.slug for kata in found.katas}
    return {
        "katas": [
            {
                "kata": kata.slug,
                "uuid": kata.uuid,
                "track": kata.track,
                "title": kata.title,
                "level": kata.level,
                "runs": progress.get(kata.uuid, Progress()).runs,
                "passed": _passed(kata, progress),
            }
            for kata in found.katas
        ],
        "problems": [str(problem) for problem in found.problems],
        "due": [
            {
                "kata": known[each.kata],
                "question": each.question,
                "due": each.at.isoformat() if each.at else None,
                "repeated": each.repeated,
                "planned": each.planned,
            }
            for each in due
            if each.kata in known
        ],
        "path": path.name if path else None,
        "next": upcoming.slug if upcoming else None,
    }
