"""Paths are data beside the tracks: each names katas that are there, in an order."""

import pytest

from core import catalogue, paths
from core.errors import KataError
from tests.conftest import ROOT

GOOD = 'title = "Mine"\nabout = "For me."\nkatas = ["iterators", "bounded"]\n'


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A root of one's own with a path in it."""
    folder = tmp_path / "mine" / "paths"
    folder.mkdir(parents=True)
    monkeypatch.setenv("KATA_PATH", str(folder.parent))
    (folder / "mine.toml").write_text(GOOD)
    return folder


def test_paths_of_the_workspace_name_katas_that_are_there():
    found = catalogue.catalogue()
    assert list(paths.problems(found)) == []
    assert set(paths.paths()) >= {"newcomer", "interview", "performance"}
    for path in paths.paths().values():
        assert len(path.of(found)) == len(path.katas) > 1


def test_paths_are_no_track():
    assert all(folder.parent.name != "paths" for folder in catalogue.folders())


def test_path_of_ones_own_stands_beside_them(root):
    assert list(paths.paths()) == ["interview", "newcomer", "performance", "mine"]
    path = paths.get("mine")
    assert (path.title, path.about, path.katas) == ("Mine", "For me.", ("iterators", "bounded"))
    assert [kata.slug for kata in path.of(catalogue.catalogue())] == ["iterators"]


def test_name_of_the_workspace_comes_first_and_none_is_no_name(root):
    for name in ("interview", "none"):
        (root / f"{name}.toml").write_text(GOOD)
    assert paths.get("interview").title != "Mine"
    assert "none" not in paths.paths()


def test_problem_is_a_kata_that_is_not_there(root):
    (root / "mine.toml").write_text(GOOD.replace("bounded", "iterator"))
    (problem,) = paths.problems(catalogue.catalogue())
    assert (
        str(problem) == f"{root}/mine.toml: there is no kata 'iterator'.\nDid you mean 'iterators'?"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "is not valid TOML: Invalid value"),
        ('about = ""\nkatas = []\n', ": title is missing or no text."),
        (GOOD.replace('"For me."', "3"), ": about is missing or no text."),
        ('title = ""\nabout = ""\nkatas = "x"\n', ": katas is missing or no list."),
        (GOOD + "color = 1\n", ": there is no field 'color'."),
        (GOOD.replace("bounded", "iterators"), ": 'iterators' stands there twice, or is no text."),
        (GOOD.replace('"bounded"', "1"), ": 1 stands there twice, or is no text."),
    ],
)
def test_error_bad_file_is_named(root, text, message):
    (root / "mine.toml").write_text(text)
    with pytest.raises(KataError) as caught:
        paths.get("mine")
    assert caught.value.message.startswith(f"{root}/mine.toml")
    assert message in caught.value.message
    assert [str(each) for each in paths.problems(catalogue.catalogue())] == [str(caught.value)]


def test_error_not_utf8(root):
    (root / "mine.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(KataError, match=r"mine\.toml is not valid TOML"):
        paths.paths()


def test_error_unknown_name_suggests_the_nearest():
    with pytest.raises(KataError) as caught:
        paths.get("preformance")
    assert str(caught.value) == (
        "There is no path 'preformance'.\n"
        "Did you mean performance? Run `python manage.py kata --path` for all of them."
    )


def test_files_lie_beside_the_tracks():
    assert all((ROOT / "katas/paths" / f"{name}.toml").is_file() for name in paths.paths())
