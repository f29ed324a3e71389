"""One kata as data, and the fields of kata.toml with what each may hold."""

import difflib
import json
import keyword
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from core.errors import KataError

DATABASES = ("none", "memory", "file", "postgres")
NEEDS = ("postgres", "redis", "rabbitmq", "elasticsearch", "nginx", "chromium")
BUILDS = ("models", "migrations")
HIGHEST = 100_000  # of any limit


@dataclass(frozen=True)
class Limits:
    """What one run may use; reaching one ends the run and everything that it started."""

    seconds: float = 10  # wall time, start of Python included
    cpu_seconds: float = 10  # processor time of all its processes
    memory_mb: float = 512  # resident memory of all its processes
    output_kb: float = 1024  # what it prints
    processes: float = 64  # processes and threads at once


@dataclass(frozen=True)
class Wrong:
    """A plausible wrong answer, `author/wrong/<name>/`.

    Exactly `tasks` must reject it, and each of the words in `says` must stand in their messages.
    """

    name: str
    tasks: tuple[int, ...]
    says: tuple[str, ...]


@dataclass(frozen=True)
class Equivalent:
    """A change of the solution that makes no difference, and why: `kata_check --mutate` lets it pass.

    `line` is what stands there, `becomes` what the change makes of it ("" where it takes it away);
    where it is more than one line, they are joined by a space.
    """

    line: str
    becomes: str
    reason: str


@dataclass(frozen=True)
class Kata:
    folder: Path
    uuid: str
    title: str
    level: int
    tasks: tuple[str, ...]
    edit: tuple[str, ...]
    order: int = 0
    after: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    databases: tuple[str, ...] = ("none",)
    build: str = "models"
    settings: Mapping[str, Any] = field(default_factory=dict)
    settings_add: Mapping[str, list[Any]] = field(default_factory=dict)
    limits: Limits = Limits()
    wrong: tuple[Wrong, ...] = ()
    equivalent: tuple[Equivalent, ...] = ()

    @property
    def slug(self) -> str:
        return self.folder.name

    @property
    def track(self) -> str:
        return self.folder.parent.name

    @property
    def root(self) -> Path:
        """The folder of tracks that this kata lies in."""
        return self.folder.parent.parent

    @property
    def package(self) -> str:
        """Its import name, such as `katas.orm.select_related`."""
        return ".".join(self.folder.parts[-3:])


class FieldError(Exception):
    """What is wrong with a value, and what to write instead."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix


def kata_from_toml(folder: Path, data: Mapping[str, Any]) -> Kata:
    """The kata; KataError with file, field and fix where a field is wrong."""
    where = Path(*folder.parts[-3:]) / "kata.toml"
    values: dict[str, Any] = {}
    unknown = [name for name in data if name not in READERS]
    if unknown:
        near = difflib.get_close_matches(unknown[0], READERS, n=1)
        raise KataError(
            f"{where}: there is no field {unknown[0]!r}.",
            hint=f"Did you mean {near[0]!r}?" if near else f"Fields: {', '.join(READERS)}.",
        )
    for name in REQUIRED:
        if name not in data:
            raise KataError(
                f"{where}: the field {name!r} is missing.",
                hint=EXAMPLES[name].format(new=uuid.uuid4()),
            )
    name = "the folder's name"
    try:
        check_name(folder.name)
        check_name(folder.parent.name)
        for name, value in data.items():
            values |= READERS[name](value)
        kata = Kata(folder=folder, **values)
        name = "wrong"
        for wrong in kata.wrong:
            _task_numbers(list(wrong.tasks), len(kata.tasks))
    except FieldError as error:
        raise KataError(f"{where}: {name}: {error.problem}.", hint=error.fix) from error
    return kata


def check_name(value: str) -> None:
    """FieldError for what cannot name a kata or a track."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value) or keyword.iskeyword(value):
        raise FieldError(
            f"{value!r} cannot name a kata or a track",
            "Use lower-case letters, digits and underscores, a letter first, and no Python keyword.",
        )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or min(value) < " ":
        raise FieldError(f"{value!r} is not one line of text", 'Write text in quotes: "…".')
    return value


def _uuid(value: Any) -> str:
    try:
        return str(uuid.UUID(_text(value)))
    except ValueError:
        raise FieldError(
            f"{value!r} is not a UUID", f'Make one: uuid = "{uuid.uuid4()}".'
        ) from None


def _number(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            problem = f"{value!r} is not a whole number from {low} to {high}"
            raise FieldError(problem, f"Write one of these, such as {low}.")
        return value

    return read


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise FieldError(f"{value!r} is not a list", 'Write a list of texts: ["…", "…"].')
    for number, item in enumerate(value):
        if _text(item) in value[:number]:
            raise FieldError(f"{item!r} stands there twice", "Write each once.")
    return tuple(value)


def _some(value: Any) -> tuple[str, ...]:
    if not _texts(value):
        raise FieldError("the list is empty", "Write at least one.")
    return tuple(value)


def _paths(value: Any) -> tuple[str, ...]:
    for text in _some(value):
        path = Path(text)
        plain = path.as_posix() + "/" * text.endswith("/")
        inside = path.parts and not path.is_absolute() and ".." not in path.parts
        if not inside or "\\" in text or plain != text:
            raise FieldError(f"{text!r} is not a path inside the kata", 'Such as "exercise.py".')
        if path.parts[0] in ("author", "tests.py", "kata.toml", "lab.py"):
            raise FieldError(f"{text!r} is not the learner's to edit", 'Such as "exercise.py".')
    return tuple(value)


def _one_of(choices: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise FieldError(f"{value!r} is not known", f"Write one of: {', '.join(choices)}.")
        return str(value)

    return read


def _all_of(choices: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        return tuple(map(_one_of(choices), _texts(value)))

    return read


def _databases(value: Any) -> tuple[str, ...]:
    names = _all_of(DATABASES)([value] if isinstance(value, str) else value)
    if not names:
        raise FieldError("the list is empty", f"Write one of: {', '.join(DATABASES)}.")
    if "none" in names and len(names) > 1:
        raise FieldError("'none' stands beside others", "Write it alone, or leave it out.")
    return names


def _settings(value: Any) -> dict[str, Any]:
    table = _table(value)
    added = _table(table.pop("add", {}))
    for name in (*table, *added):
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            raise FieldError(
                f"{name!r} is not a setting", "Settings are in capitals: AUTH_USER_MODEL."
            )
    for name, item in added.items():
        if not isinstance(item, list):
            raise FieldError(f"add.{name} is not a list", f'Write [settings.add] {name} = ["…"].')
    try:
        json.dumps([table, added])  # as the child is told
    except TypeError:
        raise FieldError("a date or a time stands in it", 'Write it as text: "…".') from None
    return {"settings": table, "settings_add": added}


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FieldError(
            f"{value!r} is not a table", "Write it as [name] with lines of key = value."
        )
    return dict(value)


def _limits(value: Any) -> Limits:
    known = [item.name for item in fields(Limits)]
    for name, item in _table(value).items():
        if name not in known:
            raise FieldError(f"there is no limit {name!r}", f"Limits: {', '.join(known)}.")
        if type(item) not in (int, float) or not 0 < item <= HIGHEST:
            raise FieldError(
                f"{name} = {item!r} is not a limit", f"Write a number above 0, {HIGHEST} at most."
            )
    return Limits(**value)


def _wrong(value: Any) -> tuple[Wrong, ...]:
    answers = tuple(map(_one_wrong, _tables("wrong", value)))
    names = [answer.name for answer in answers]
    for name in names:
        if names.count(name) > 1:
            raise FieldError(f"the name {name!r} stands there twice", "Give each its own name.")
    return answers


def _tables(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise FieldError("it is not a list of tables", f"Begin each with a line [[{name}]].")
    return value


def _row(value: Any, example: Mapping[str, str]) -> dict[str, Any]:
    """A table that has exactly the fields of the example."""
    table = _table(value)
    for name in example:
        if name not in table:
            raise FieldError(
                f"{name!r} is missing", ", ".join(f"{k} = {v}" for k, v in example.items())
            )
    if extra := [name for name in table if name not in example]:
        raise FieldError(f"there is no field {extra[0]!r}", f"Fields: {', '.join(example)}.")
    return table


def _one_wrong(value: Any) -> Wrong:
    table = _row(value, {"name": '"…"', "tasks": "[1]", "says": '"…"'})
    check_name(_text(table["name"]))
    says = table["says"]
    return Wrong(
        name=table["name"],
        tasks=_task_numbers(table["tasks"], 99),
        says=_some([says] if isinstance(says, str) else says),
    )


def _equivalent(value: Any) -> tuple[Equivalent, ...]:
    return tuple(map(_one_equivalent, _tables("equivalent", value)))


def _one_equivalent(value: Any) -> Equivalent:
    table = _row(value, {"line": "'…'", "becomes": "'…'", "reason": '"…"'})
    becomes = table["becomes"] if table["becomes"] == "" else _text(table["becomes"])
    return Equivalent(_text(table["line"]), becomes, _text(table["reason"]))


def _task_numbers(value: Any, tasks: int) -> tuple[int, ...]:
    if not isinstance(value, list) or not value:
        raise FieldError(f"tasks = {value!r} is no list of numbers", "Write tasks = [1].")
    return tuple(map(_number(1, tasks), value))


def _named(name: str, read: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: read(value)}


READERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "uuid": _named("uuid", _uuid),
    "title": _named("title", _text),
    "level": _named("level", _number(1, 4)),
    "tasks": _named("tasks", _some),
    "edit": _named("edit", _paths),
    "order": _named("order", _number(0, 10_000)),
    "after": _named("after", _texts),
    "topics": _named("topics", _texts),
    "needs": _named("needs", _all_of(NEEDS)),
    "uses": _named("uses", _texts),
    "database": _named("databases", _databases),
    "build": _named("build", _one_of(BUILDS)),
    "settings": _settings,
    "limits": _named("limits", _limits),
    "wrong": _named("wrong", _wrong),
    "equivalent": _named("equivalent", _equivalent),
}
EXAMPLES = {
    "uuid": 'Add a line: uuid = "{new}"',
    "title": 'Add a line: title = "Follow foreign keys in one query"',
    "level": "Add a line: level = 2   (1 first steps, 2 everyday, 3 advanced, 4 expert)",
    "tasks": 'Add a line: tasks = ["What to do first", "What to do next"]',
    "edit": 'Add a line: edit = ["exercise.py"]',
}
REQUIRED = tuple(EXAMPLES)
