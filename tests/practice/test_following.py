"""The path that is followed is remembered until another is chosen, each learner their own."""

import pytest
from django.contrib.auth import get_user_model

from core.errors import KataError
from core.practice.following import follow, followed

pytestmark = pytest.mark.django_db


def test_none_is_followed_at_first():
    assert followed() is None


def test_path_is_remembered_until_changed_and_left_by_none():
    assert follow("interview").name == "interview"
    assert followed().name == "interview"
    follow("newcomer")
    assert followed().name == "newcomer"
    assert follow("none") is None
    assert followed() is None


def test_error_unknown_path_changes_nothing():
    follow("interview")
    with pytest.raises(KataError):
        follow("intervew")
    assert followed().name == "interview"


def test_path_that_has_gone_is_no_path(tmp_path, monkeypatch):
    root = tmp_path / "mine"
    (root / "paths").mkdir(parents=True)
    file = root / "paths" / "own.toml"
    file.write_text('title = "Own"\nabout = "Mine."\nkatas = []\n')
    monkeypatch.setenv("KATA_PATH", str(root))
    follow("own")
    file.unlink()
    assert followed() is None


def test_each_learner_follows_their_own(django_assert_num_queries):
    other = get_user_model().objects.create(username="somebody")
    follow("interview", other)
    assert followed() is None
    with django_assert_num_queries(1):
        assert followed(other).name == "interview"
