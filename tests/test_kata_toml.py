"""kata.toml: every field that can be wrong says file, field and fix; a good one reads whole."""

import tomllib
import uuid
from pathlib import Path

import pytest

from core.errors import KataError
from core.kata import Equivalent, Kata, Limits, Wrong, kata_from_toml

FOLDER = Path("/roots/katas/orm/joins")
UUID = "00000000-0000-4000-8000-000000000001"
NEW = "00000000-0000-4000-8000-00000000000f"
WHERE = "katas/orm/joins/kata.toml"
MINIMAL = {
    "uuid": f'"{UUID}"',
    "title": '"Join what you need"',
    "level": "2",
    "tasks": '["Read it", "Write it"]',
    "edit": '["exercise.py"]',
}
FULL = f"""
uuid = "{UUID.upper()}"
title = "Join what you need"
level = 4
order = 70
tasks = ["Read it", "Write it"]
edit = ["models.py", "pages/exercise.py", "migrations/"]
after = ["filter"]
topics = ["joins", "N+1 queries"]
needs = ["redis"]
uses = ["core.bookshop"]
database = ["memory", "file"]
build = "migrations"

[settings]
AUTH_USER_MODEL = "joins.User"
[settings.add]
MIDDLEWARE = ["katas.orm.joins.middleware.Count"]

[limits]
seconds = 4
memory_mb = 0.5

[[wrong]]
name = "one_level"
tasks = [1, 2]
says = ["21 queries", "asked once"]
[[wrong]]
name = "other"
tasks = [2]
says = "no parent"

[[equivalent]]
line = "lines.order_by('out_at', 'pk')"
becomes = ""
reason = "There is one line."
"""
EXAMPLE = 'Such as "exercise.py".'
LEVELS = "Write one of these, such as 1."
TABLE = "Write it as [name] with lines of key = value."
TEXT = 'Write text in quotes: "…".'
LIST = 'Write a list of texts: ["…", "…"].'
SOME = "Write at least one."
ONCE = "Write each once."
DATABASES = "Write one of: none, memory, file, postgres."
BUILDS = "Write one of: models, migrations."
CAPITALS = "Settings are in capitals: AUTH_USER_MODEL."
HIGHEST = "Write a number above 0, 100000 at most."
NEEDS = "Write one of: postgres, redis, rabbitmq, elasticsearch, nginx, chromium."
WRONG = 'name = "…", tasks = [1], says = "…"'
SAME = "line = '…', becomes = '…', reason = \"…\""
SLUG = "Use lower-case letters, digits and underscores, a letter first, and no Python keyword."


def wrong(name='"one"', tasks="[1]", says='"x"', more=""):
    return f"[{{name = {name}, tasks = {tasks}, says = {says}{more}}}]"


def equivalent(line="'a'", becomes="'b'", reason='"x"', more=""):
    return f"[{{line = {line}, becomes = {becomes}, reason = {reason}{more}}}]"


# field, what stands there, what is wrong with it, what to write instead
BAD_VALUES = [
    ("uuid", "3", "3 is not one line of text", TEXT),
    ("uuid", '"1-2-3"', "'1-2-3' is not a UUID", f'Make one: uuid = "{NEW}".'),
    ("title", '""', "'' is not one line of text", TEXT),
    ("title", '" "', "' ' is not one line of text", TEXT),
    ("title", r'"a\nb"', r"'a\nb' is not one line of text", TEXT),
    ("title", "true", "True is not one line of text", TEXT),
    *(
        ("level", text, f"{value!r} is not a whole number from 1 to 4", LEVELS)
        for text, value in [("0", 0), ("5", 5), ("true", True), ('"2"', "2"), ("2.0", 2.0)]
    ),
    ("tasks", '"Read it"', "'Read it' is not a list", LIST),
    ("tasks", "[]", "the list is empty", SOME),
    ("tasks", "[1]", "1 is not one line of text", TEXT),
    ("tasks", '["a", "a"]', "'a' stands there twice", ONCE),
    ("edit", "[]", "the list is empty", SOME),
    ("edit", '["a.py", "a.py"]', "'a.py' stands there twice", ONCE),
    *(
        ("edit", f"['{path}']", f"{path!r} is not a path inside the kata", EXAMPLE)
        for path in ("../x.py", "a/../x.py", "/etc/passwd", ".", "./", "./x.py", "a//b.py", "a\\b")
    ),
    ("edit", r'["a\u0000b"]', r"'a\x00b' is not one line of text", TEXT),
    *(
        ("edit", f'["{path}"]', f"{path!r} is not the learner's to edit", EXAMPLE)
        for path in ("author/stub/x.py", "author", "tests.py", "tests.py/", "kata.toml", "lab.py")
    ),
    ("order", "-1", "-1 is not a whole number from 0 to 10000", "Write one of these, such as 0."),
    ("after", '"filter"', "'filter' is not a list", LIST),
    ("topics", '["a", "a"]', "'a' stands there twice", ONCE),
    ("needs", '["mysql"]', "'mysql' is not known", NEEDS),
    ("uses", "[true]", "True is not one line of text", TEXT),
    ("database", "[]", "the list is empty", DATABASES),
    ("database", "3", "3 is not a list", LIST),
    ("database", '"mysql"', "'mysql' is not known", DATABASES),
    (
        "database",
        '["none", "memory"]',
        "'none' stands beside others",
        "Write it alone, or leave it out.",
    ),
    ("database", '["file", "file"]', "'file' stands there twice", ONCE),
    ("build", '"tables"', "'tables' is not known", BUILDS),
    ("build", "3", "3 is not known", BUILDS),
    ("settings", "3", "3 is not a table", TABLE),
    ("settings", "{debug = true}", "'debug' is not a setting", CAPITALS),
    ("settings", "{add = 1}", "1 is not a table", TABLE),
    ("settings", "{add = {apps = []}}", "'apps' is not a setting", CAPITALS),
    ("settings", "{add = {X = 1}}", "add.X is not a list", 'Write [settings.add] X = ["…"].'),
    ("settings", "{X = [2024-01-01]}", "a date or a time stands in it", 'Write it as text: "…".'),
    ("limits", "[]", "[] is not a table", TABLE),
    (
        "limits",
        "{time = 1}",
        "there is no limit 'time'",
        "Limits: seconds, cpu_seconds, memory_mb, output_kb, processes.",
    ),
    *(
        ("limits", f"{{seconds = {text}}}", f"seconds = {value!r} is not a limit", HIGHEST)
        for text, value in [
            *(("-1", -1), ("0", 0), ("1e9", 1e9), ("true", True), ('"4"', "4")),
            *(("inf", float("inf")), ("nan", float("nan"))),
        ]
    ),
    ("wrong", "{}", "it is not a list of tables", "Begin each with a line [[wrong]]."),
    ("wrong", "[1]", "1 is not a table", TABLE),
    ("wrong", '[{tasks = [1], says = "x"}]', "'name' is missing", WRONG),
    ("wrong", '[{name = "one", tasks = [1]}]', "'says' is missing", WRONG),
    ("wrong", wrong(more=", why = 1"), "there is no field 'why'", "Fields: name, tasks, says."),
    ("wrong", wrong(name='"a b"'), "'a b' cannot name a kata or a track", SLUG),
    ("wrong", wrong(says='""'), "'' is not one line of text", TEXT),
    ("wrong", wrong(says="[]"), "the list is empty", SOME),
    ("wrong", wrong(tasks="[]"), "tasks = [] is no list of numbers", "Write tasks = [1]."),
    ("wrong", wrong(tasks="1"), "tasks = 1 is no list of numbers", "Write tasks = [1]."),
    ("wrong", wrong(tasks="[3]"), "3 is not a whole number from 1 to 2", LEVELS),
    (
        "wrong",
        f"{wrong()[:-1]}, {wrong()[1:]}",
        "the name 'one' stands there twice",
        "Give each its own name.",
    ),
    ("equivalent", "{}", "it is not a list of tables", "Begin each with a line [[equivalent]]."),
    ("equivalent", "[1]", "1 is not a table", TABLE),
    ("equivalent", "[{line = 'a', becomes = 'b'}]", "'reason' is missing", SAME),
    ("equivalent", "[{becomes = 'b', reason = 'x'}]", "'line' is missing", SAME),
    (
        "equivalent",
        equivalent(more=", why = 1"),
        "there is no field 'why'",
        "Fields: line, becomes, reason.",
    ),
    ("equivalent", equivalent(line="''"), "'' is not one line of text", TEXT),
    ("equivalent", equivalent(reason="' '"), "' ' is not one line of text", TEXT),
    ("equivalent", equivalent(becomes="1"), "1 is not one line of text", TEXT),
    ("equivalent", equivalent(becomes="' '"), "' ' is not one line of text", TEXT),
]
MISSING = {
    "uuid": f'Add a line: uuid = "{NEW}"',
    "title": 'Add a line: title = "Follow foreign keys in one query"',
    "level": "Add a line: level = 2   (1 first steps, 2 everyday, 3 advanced, 4 expert)",
    "tasks": 'Add a line: tasks = ["What to do first", "What to do next"]',
    "edit": 'Add a line: edit = ["exercise.py"]',
}
FIELDS = (
    "Fields: uuid, title, level, tasks, edit, order, after, topics, needs, uses, database, build, "
    "settings, limits, wrong, equivalent."
)


def toml(**fields: str) -> str:
    return "\n".join(f"{name} = {value}" for name, value in (MINIMAL | fields).items())


def error(text: str, folder: Path = FOLDER) -> str:
    with pytest.raises(KataError) as caught:
        kata_from_toml(folder, tomllib.loads(text))
    return str(caught.value)


@pytest.fixture(autouse=True)
def new_uuid(monkeypatch):
    monkeypatch.setattr("uuid.uuid4", lambda: uuid.UUID(NEW))


@pytest.mark.parametrize(("field", "value", "problem", "fix"), BAD_VALUES)
def test_error_bad_value_names_file_field_and_fix(field, value, problem, fix):
    assert error(toml(**{field: value})) == f"{WHERE}: {field}: {problem}.\n{fix}"


@pytest.mark.parametrize("field", MINIMAL)
def test_error_missing_field_shows_the_line_to_add(field):
    text = "\n".join(line for line in toml().splitlines() if not line.startswith(field))
    assert error(text) == f"{WHERE}: the field {field!r} is missing.\n{MISSING[field]}"


@pytest.mark.parametrize(
    ("field", "hint"), [("titel", "Did you mean 'title'?"), ("zzz", FIELDS), ('""', FIELDS)]
)
def test_error_unknown_field_suggests_the_nearest(field, hint):
    shown = repr(field.strip('"'))
    assert error(toml(**{field: "1"})) == f"{WHERE}: there is no field {shown}.\n{hint}"


@pytest.mark.parametrize(
    ("track", "slug", "bad"),
    [
        *(("orm", slug, slug) for slug in ("Joins", "two-words", "2nd", "class", "_x", "joins\n")),
        ("Orm", "joins", "Orm"),
    ],
)
def test_error_name_of_the_folder(track, slug, bad):
    folder = Path("/roots/katas", track, slug)
    words = f"the folder's name: {bad!r} cannot name a kata or a track."
    assert error(toml(), folder) == f"katas/{track}/{slug}/kata.toml: {words}\n{SLUG}"


def test_minimal_reads_with_its_defaults():
    assert kata_from_toml(FOLDER, tomllib.loads(toml())) == Kata(
        folder=FOLDER,
        uuid=UUID,
        title="Join what you need",
        level=2,
        tasks=("Read it", "Write it"),
        edit=("exercise.py",),
        order=0,
        after=(),
        topics=(),
        needs=(),
        uses=(),
        databases=("none",),
        build="models",
        settings={},
        settings_add={},
        limits=Limits(seconds=10, cpu_seconds=10, memory_mb=512, output_kb=1024, processes=64),
        wrong=(),
        equivalent=(),
    )


@pytest.mark.parametrize(
    ("field", "text", "attribute", "value"),
    [
        ("database", '"none"', "databases", ("none",)),
        ("database", '"memory"', "databases", ("memory",)),
        ("limits", "{seconds = 100000}", "limits", Limits(seconds=100_000)),
        ("limits", "{}", "limits", Limits()),
        ("level", "1", "level", 1),
        ("order", "10000", "order", 10_000),
        ("edit", '["authors.py"]', "edit", ("authors.py",)),
        ("wrong", "[]", "wrong", ()),
    ],
)
def test_value_at_the_edge_reads(field, text, attribute, value):
    kata = kata_from_toml(FOLDER, tomllib.loads(toml(**{field: text})))
    assert getattr(kata, attribute) == value


def test_full_reads_whole():
    kata = kata_from_toml(FOLDER, tomllib.loads(FULL))
    assert kata == Kata(
        folder=FOLDER,
        uuid=UUID,
        title="Join what you need",
        level=4,
        tasks=("Read it", "Write it"),
        edit=("models.py", "pages/exercise.py", "migrations/"),
        order=70,
        after=("filter",),
        topics=("joins", "N+1 queries"),
        needs=("redis",),
        uses=("core.bookshop",),
        databases=("memory", "file"),
        build="migrations",
        settings={"AUTH_USER_MODEL": "joins.User"},
        settings_add={"MIDDLEWARE": ["katas.orm.joins.middleware.Count"]},
        limits=Limits(seconds=4, memory_mb=0.5),
        wrong=(
            Wrong("one_level", (1, 2), ("21 queries", "asked once")),
            Wrong("other", (2,), ("no parent",)),
        ),
        equivalent=(Equivalent("lines.order_by('out_at', 'pk')", "", "There is one line."),),
    )
    assert (kata.slug, kata.track, kata.root) == ("joins", "orm", Path("/roots/katas"))
    assert kata.package == "katas.orm.joins"
