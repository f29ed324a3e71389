"""The instrument: attached once and first, the same data for a seed, the learner's own line."""

import random

import pytest
from django.template import Context, Engine

from core.judge.instrument import Session, attach, is_edited, learners_line, rng
from core.judge.queries import recorded


def wrappers(connection) -> list[bool]:
    return [getattr(each, "judge", False) for each in connection.execute_wrappers]


def ask(connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_attached_once_a_connection_however_often_it_opens(connections, tmp_path):
    attach(folder=str(tmp_path), edit=(), seed=7)
    for _ in range(3):
        ask(connections["default"])
        connections["default"].close()
    assert wrappers(connections["default"]) == [True]


def test_attached_first_so_that_a_wrapper_of_the_block_is_the_one_that_goes(connections):
    seen = []

    def mine(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    connection = connections["default"]
    with connection.execute_wrapper(mine), recorded() as ledger:
        ask(connection)
        assert wrappers(connection) == [True, False]
    ask(connection)
    assert wrappers(connection) == [True]
    assert ([each.sql for each in ledger], seen) == (["SELECT 1"], ["SELECT 1"])


def test_statement_that_a_wrapper_keeps_back_counts_all_the_same(connections):
    def blocker(*_):
        raise RuntimeError("no database here")

    connection = connections["default"]
    with connection.execute_wrapper(blocker), recorded() as ledger, pytest.raises(RuntimeError):
        ask(connection)
    assert [each.sql for each in ledger] == ["SELECT 1"]


def test_nothing_is_kept_outside_of_a_ledger(connections, session):
    ask(connections["default"])
    assert session == Session(session.folder, ("exercise.py", "shop/"), 7)


def test_line_of_a_template_of_the_kata_that_asks(connections, tmp_path):
    """No code of the learner's runs while a page is rendered."""
    attach(folder=str(tmp_path), edit=("exercise.py",), seed=1)
    (tmp_path / "list.html").write_text("<ul>\n{% for each in many %}\n{{ each }}{% endfor %}")
    engine = Engine(dirs=[str(tmp_path)])
    context = Context({"many": [lambda: ask(connections["default"])] * 2})
    with recorded() as ledger:
        engine.get_template("list.html").render(context)
        engine.from_string("{{ many.0 }}").render(context)
    assert [each.line for each in ledger] == ["list.html:3", "list.html:3", ""]


def test_statement_says_alias_time_and_line(connections):
    with recorded() as ledger:
        ask(connections["other"])
    (statement,) = ledger
    assert (statement.sql, statement.alias, statement.line) == ("SELECT 1", "other", "")
    assert 0 < statement.seconds < 10


def test_rng_is_the_same_for_one_seed_and_name(session):
    def draw(name=""):
        return [rng(name).randrange(10**9) for _ in range(2)]

    first = {name: draw(name) for name in ("", "shop", "genres")}
    assert len({numbers[0] for numbers in first.values()}) == 3
    assert all(numbers[0] == numbers[1] for numbers in first.values())
    assert {name: draw(name) for name in first} == first
    session.seed = 8
    assert draw("shop") != first["shop"]


def test_rng_is_not_that_of_the_learner(session):
    before = rng("shop").random()
    random.seed(1)
    random.random()
    assert rng("shop").random() == before


def test_attach_seeds_the_random_module(session, tmp_path):
    attach(folder=str(tmp_path), edit=(), seed=7)
    first = random.random()
    attach(folder=str(tmp_path), edit=(), seed=7)
    assert random.random() == first


def module(path, code: str):
    """A function `call` of a module that lies at this path."""
    names = {}
    exec(compile(code, str(path), "exec"), names)
    return names["call"]


OUTER = "def call(inner):\n    x = 1\n    return inner()\n"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("exercise.py", "exercise.py:3"),
        ("shop/views.py", "shop/views.py:3"),
        ("shop/deep/models.py", "shop/deep/models.py:3"),
        ("tests.py", ""),
        ("deep/exercise.py", ""),
        ("../beside/exercise.py", ""),
        ("/usr/lib/exercise.py", ""),
    ],
)
def test_learners_line_is_one_of_an_edited_file(session, tmp_path, path, line):
    assert module(tmp_path / path, OUTER)(learners_line) == line


def test_learners_line_is_the_innermost(session, tmp_path):
    outer = module(tmp_path / "exercise.py", OUTER)
    inner = module(tmp_path / "shop" / "views.py", "\n\n\n" + OUTER)
    helper = module(tmp_path / "tests.py", OUTER)
    assert outer(lambda: helper(lambda: inner(lambda: helper(learners_line)))) == "shop/views.py:6"


def test_learners_line_of_a_folder_whose_name_goes_on(session, tmp_path):
    beside = tmp_path.with_name(f"{tmp_path.name}_more")
    assert module(beside / "exercise.py", OUTER)(learners_line) == ""


@pytest.mark.parametrize(
    ("inside", "edited"),
    [
        ("exercise.py", True),
        ("shop/a.py", True),
        ("shop", False),
        ("shopping/a.py", False),
        ("my/exercise.py", False),
        ("exercise.pyc", False),
    ],
)
def test_is_edited(inside, edited):
    assert is_edited(inside, ("exercise.py", "shop/")) is edited
