"""A new kata fails as shipped; two edits make it the author's own; whatever will not do is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import catalogue
from core.catalogue import relative
from core.check.check import check
from core.check.mutation import mutate
from core.check.scaffold import KINDS, Draft, Edit, destination, scaffold
from core.errors import KataError
from tests.check.conftest import make, told
from tests.conftest import ROOT

TASKS = ('Say "hé\\llo" {{ x }}', "Two & more <b>")
WRITE = "Write it, and take TODO(author): out."
# What kata_check asks for of every new kata, whatever its kind: file and rule.
ALWAYS = [
    ("README.md", "todo"),
    ("author/solution/{edit}", "todo"),
    ("author/stub/{edit}", "todo"),
    ("author/wrong/{wrong}/{edit}", "todo"),
    ("hints.md", "todo"),
    ("kata.toml", "todo"),
    ("lab.py", "todo"),
    ("management/commands/{slug}.py", "todo"),
    ("questions.md", "todo"),
    ("tests.py", "todo"),
    ("why.md", "todo"),
    ("README.md", "brief"),
    ("why.md", "why"),
]


@pytest.fixture
def new(workspace):
    """Scaffold a kata in the workspace."""

    def one(slug: str, kind: str, tasks: tuple[str, ...] = TASKS, level: int = 2):
        root = workspace / "katas"
        return scaffold(destination(f"basics/{slug}", root), Draft("Its title", level, tasks, kind))

    return one


def found(kata, forker, **options) -> list[tuple[str, str]]:
    (checked,) = check((catalogue.load(kata.folder),), launch=forker, **options)
    return [(file, rule) for file, rule, _, _ in told(checked.findings)]


def expected(kata, *left_out: str) -> list[tuple[str, str]]:
    names = {"edit": kata.edit[0], "wrong": kata.wrong[0].name, "slug": kata.slug}
    files = [("kata.toml", "wrong")]  # there is one
    files += [(file.format(**names), rule) for file, rule in ALWAYS]
    return [each for each in files if each[0] not in [name.format(**names) for name in left_out]]


@pytest.mark.parametrize("kind", KINDS)
def test_only_words_and_wrong_answers_are_missing(new, forker, kind):
    """Stub, solution, wrong answer, ids, marks and cases are sound as they were made."""
    kata = new(f"new_{kind}", kind).kata
    assert sorted(found(kata, forker)) == sorted(expected(kata))
    assert (kata.title, kata.level, kata.tasks) == ("Its title", 2, TASKS)
    assert mutate(kata, launch=forker).findings == ()


# What an author makes of the marked lines: the tests, then the solution.
ROW = '("example", [2, 3, 5], 10, "Every number counts.")'
EDITS = {
    "plain": [
        (ROW, '("example", [2, 3], 6, "Each times the next.")'),
        ("return sum(numbers)", "return numbers[0] * numbers[1]"),
    ],
    "bookshop": [
        ("[names[authors[pk]] for pk in", "[names[authors[pk]].upper() for pk in"),
        ("[book.author.name for", "[book.author.name.upper() for"),
    ],
    "models": [
        ('["Kim", "Kim"], "refused"', '["Kim", "Emma", ""], "refused"'),
        (
            "unique=True)",
            "unique=True)\n\n    class Meta:\n        constraints = [models.CheckConstraint("
            'condition=~models.Q(name=""), name="named")]',
        ),
    ],
    "web": [('"Hello, Ada &amp; Kim."', '"Ada &amp; Kim!"'), ('"Hello, {}."', '"{}!"')],
    "api": [
        ('"author_id"), reverse=True)', '"author_id"))'),
        ('.order_by("-pk")', '.order_by("pk")'),
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_two_edits_make_it_the_authors_own(new, forker, kind):
    made = new(f"own_{kind}", kind, ("Do it",))
    tests, solution = (Path(catalogue.ROOT, edit.path) for edit in made.edits)
    for path, (old, text) in zip((tests, solution), EDITS[kind], strict=True):
        lines = path.read_text().splitlines(keepends=True)
        assert old in "".join(lines)
        kept = [line for line in lines if "TODO(author): edit" not in line]
        path.write_text("".join(kept).replace(old, text))
        if path == tests:  # the example's solution is not the answer any more
            assert ("author/solution", "solution") in found(made.kata, forker, write=True)
    after = found(made.kata, forker, write=True)
    assert [each for each in after if each[1] not in ("todo", "brief", "why", "wrong")] == []
    files = {file for file, rule in after if rule == "todo"}
    assert not files & {"tests.py", f"author/solution/{made.kata.edit[0]}"}


def test_edits_are_the_marked_lines(new):
    made = new("marked", "plain")
    assert made.edits == (
        Edit(relative(made.kata.folder / "tests.py"), (13, 21)),
        Edit(relative(made.kata.folder / "author/solution/exercise.py"), (6, 12)),
    )
    for edit in made.edits:
        lines = Path(catalogue.ROOT, edit.path).read_text().splitlines()
        assert all("TODO(author): edit" in lines[number - 1] for number in edit.lines)


def test_cases_are_as_check_records_them(new, forker):
    kata = new("recorded", "plain").kata
    path = kata.folder / "author" / "cases.json"
    before = path.read_bytes()
    found(kata, forker, write=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_is_lint_clean_and_has_no_template_left(new, kind):
    folder = new(f"clean_{kind}", kind).kata.folder
    for arguments in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *arguments, "--config", str(ROOT / "pyproject.toml")]
        done = subprocess.run([*ruff, str(folder)], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    assert [name for name in files if name.endswith("-tpl") or "slug" in name] == []
    assert [name for name, path in files.items() if "{%" in path.read_text()] == []
    assert all(
        path.read_text().endswith("\n") or not path.stat().st_size for path in files.values()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_demo_and_learner_see_it(tmp_path, manage, state, kind):
    root = tmp_path / "mine"
    (root / "basics").mkdir(parents=True)
    made = scaffold(destination(f"basics/seen_{kind}", root), Draft("Seen", kind=kind))
    env = {"KATA_PATH": str(root)}
    status, out, err = manage(made.kata.slug, "--json", "--size", "8", env=env)
    columns = json.loads(out)
    assert (status, err, [each["problem"] for each in columns]) == (0, "", [None] * 3)
    verdict = json.loads(manage("kata", made.kata.slug, "--json", env=env)[1])
    assert (verdict["status"], [case["status"] for case in verdict["cases"]]) == (
        "failed",
        ["failed"],
    )
    assert verdict["cases"][0]["problem"]["call"]


TRACKS = "basics, language, oop, patterns, concurrency, orm, models, web, api, services, delivery"
NAME = "Use lower-case letters, digits and underscores, a letter first, and no Python keyword."
SLASH = "Such as `python manage.py kata_new orm/my_joins`."
OTHER = "Choose another: a kata's name is also its app, its command and its address."
FIRST = "For a new one, make its folder first: `mkdir {root}/{track}`."


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("joins", "'joins' is no TRACK/SLUG.", SLASH),
        ("orm/", "'orm/' is no TRACK/SLUG.", SLASH),
        ("/joins", "'/joins' is no TRACK/SLUG.", SLASH),
        ("orm/a/b", "'orm/a/b' is no TRACK/SLUG.", SLASH),
        ("orm/..", "'..' cannot name a kata or a track.", NAME),
        ("../joins", "'..' cannot name a kata or a track.", NAME),
        ("orm/Two-Words", "'Two-Words' cannot name a kata or a track.", NAME),
        ("orm/class", "'class' cannot name a kata or a track.", NAME),
        ("orm/json", "'json' is also the name of a standard module.", OTHER),
        ("orm/kata_new", "'kata_new' is also the name of a Django command.", OTHER),
        ("orm/auth", "'auth' is also the name of an installed app.", OTHER),
        ("ormm/joins", "There is no track 'ormm'.", f"Did you mean orm? {FIRST}"),
        ("zzz/joins", "There is no track 'zzz'.", f"Tracks: {TRACKS}. {FIRST}"),
        (
            "orm/taken",
            "There is a kata 'taken' already: {root}/basics/taken.",
            "Choose another: no two katas have one name, whatever their tracks.",
        ),
        (
            "orm/folder",
            "{root}/orm/folder exists already, and is no kata.",
            "Choose another name, or move it away: `mv {root}/orm/folder {root}/orm/folder.old`.",
        ),
    ],
)
def test_error_name_says_the_way_out(workspace, name, message, hint):
    root = workspace / "katas"
    make(workspace, "taken")
    (root / "orm" / "folder").mkdir(parents=True, exist_ok=True)
    with pytest.raises(KataError) as caught:
        destination(name, root)
    # The tracks of the workspace itself are known as well: here none but those.
    shown = relative(root)
    track = name.partition("/")[0]
    assert (caught.value.message, caught.value.hint) == (
        message.format(root=shown),
        hint.format(root=shown, track=track),
    )


def test_error_name_taken_in_a_root_that_is_not_in_the_path(workspace, tmp_path):
    root = tmp_path / "mine"
    root.mkdir()
    scaffold(destination("orm/mine_alone", root), Draft("Mine"))
    with pytest.raises(KataError) as caught:
        destination("web/mine_alone", root)
    assert caught.value.message == f"There is a kata 'mine_alone' already: {root}/orm/mine_alone."


def test_a_track_is_new_where_its_folder_is_made(tmp_path):
    root = tmp_path / "mine"
    (root / "zzz").mkdir(parents=True)
    assert destination("zzz/joins", root) == root / "zzz" / "joins"
    assert destination("orm/joins", root) == root / "orm" / "joins"


@pytest.mark.parametrize("there", ["track is a file", "folder is filled meanwhile"])
def test_error_nothing_is_left_half_written(tmp_path, there):
    root = tmp_path / "mine"
    root.mkdir()
    folder = destination("orm/joins", root)
    if there == "track is a file":
        (root / "orm").write_text("kept")
        words = "File exists"
    else:
        folder.mkdir(parents=True)
        (folder / "kept").touch()
        words = "Directory not empty"
    before = sorted(map(str, root.rglob("*")))
    with pytest.raises(KataError) as caught:
        scaffold(folder, Draft("Joins"))
    assert str(caught.value) == (
        f"{folder} cannot be written: {words}.\n"
        "Free some space, or make the folder writable; nothing was left behind."
    )
    assert sorted(map(str, root.rglob("*"))) == before


def test_error_title_that_will_not_do_writes_nothing(tmp_path):
    root = tmp_path / "mine"
    root.mkdir()
    with pytest.raises(KataError) as caught:
        scaffold(destination("orm/joins", root), Draft("Two\nlines"))
    assert "title" in caught.value.message
    assert os.listdir(root) == []
