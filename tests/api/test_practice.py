"""What comes again, by the API."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from core import catalogue, paths, runs
from core.models import Card, Help
from core.practice import cards, following


@pytest.fixture
def card(learner):
    """A card of `bounded`."""
    row = runs.row(catalogue.get("bounded"))

    def make(**values) -> Card:
        return Card.objects.create(kata=row, learner=learner, **values)

    return make


def test_nothing_is_due_before_the_first_pass(api):
    assert api.get("/api/practice/").json() == {"due": [], "coming": None}


def test_what_is_due_and_when_the_next_is(api, stranger, card):
    now = timezone.now()
    card(due=now - timedelta(hours=2), state={})
    card(heading="a", question=2, due=now - timedelta(hours=3))
    later = card(heading="b", question=1, due=now + timedelta(days=3)).due
    found = api.get("/api/practice/").json()
    about = {
        "kata": "bounded",
        "url": "http://testserver/api/katas/bounded/",
        "title": "A function under tight limits",
        "repeated": False,
        "planned": False,
    }
    assert [{k: v for k, v in each.items() if k != "due"} for each in found["due"]] == [
        about | {"question": 2},
        about | {"question": 0},
    ]
    assert datetime.fromisoformat(found["coming"]) == later
    assert stranger.get("/api/practice/").json() == {"due": [], "coming": None}


def test_repeat_that_is_open_is_due(api, card):
    card(due=timezone.now() + timedelta(days=9), state={}, opened_at=timezone.now())
    assert [each["repeated"] for each in api.get("/api/practice/").json()["due"]] == [True]


def test_kata_that_is_planned_says_so(api, learner):
    kata = catalogue.get("bounded")
    runs.row(kata)
    cards.mark([kata.uuid], learner)
    assert [each["planned"] for each in api.get("/api/practice/").json()["due"]] == [True]


def test_days_are_ones_own_the_oldest_first(api, stranger, card):
    cards.review(card(due=timezone.now()), cards.Rating.GOOD)
    *before, today = api.get("/api/practice/days/").json()
    assert len(before) == 83
    expected = {"date": str(timezone.localdate()), "runs": 0, "passes": 0, "reviews": 1}
    assert today == expected
    assert {day["reviews"] for day in before} == {0}
    assert stranger.get("/api/practice/days/").json()[-1]["reviews"] == 0


def test_card_of_a_kata_that_is_gone_is_left_out(api, card, monkeypatch):
    card(due=timezone.now())
    monkeypatch.delenv("KATA_PATH")
    assert api.get("/api/practice/").json()["due"] == []


def test_hints_begin_anew_after_a_grade(api, learner):
    where = "/api/katas/select_related/hints/"
    for _ in range(2):
        api.post(where, {"task": 1}, format="json")
    Help.objects.update(at=timezone.now() - timedelta(minutes=1))
    row = runs.row(catalogue.get("select_related"))
    cards.review(Card.objects.create(kata=row, learner=learner), cards.Rating.GOOD)
    assert api.get(where).json()[0]["steps"] == []
    assert len(api.post(where, {"task": 1}, format="json").json()["steps"]) == 1


def test_next_is_of_the_path_that_is_followed(api, learner):
    path = paths.get("performance")
    assert api.get("/api/progress/").json()["path"] is None
    following.follow(path.name, learner)
    found = api.get("/api/progress/").json()
    first = path.of(catalogue.catalogue())[0].slug
    assert (found["path"], found["next"]) == ("performance", first)
