"""The lists of katas and runs: what they show, find and leave out, and what they cost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from core import catalogue, models, runs
from core.cockpit import run_list

KATAS, RUNS = "/admin/core/kata/", "/admin/core/run/"


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def slugs(page: str) -> list[str]:
    return re.findall(r'class="kata-slug">(\w+)<', page)


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'aria-label="Run (\d+) of', page)]


@pytest.fixture
def other():
    return get_user_model().objects.create_superuser("other")


@pytest.fixture
def many(store, kata):
    """Run the kata as often as asked, and give the numbers, the newest first."""
    first = store(kata)

    def make(count, **values):
        made = models.Run.objects.bulk_create(
            models.Run(
                kata_id=kata.uuid,
                learner_id=first.learner_id,
                source="exercise",
                started_at=timezone.now(),
                duration=0.5,
                **{"status": "failed", **values},
            )
            for _ in range(count)
        )
        return [run.pk for run in reversed(made)]

    return make


class TestKatas:
    def test_every_folder_is_listed_before_it_was_run_in_reading_order(self, me):
        found = slugs(text(me.get(KATAS)))
        assert found == [kata.slug for kata in catalogue.catalogue().katas]

    def test_order_follows_the_folders(self, me, make_kata):
        first = make_kata("early")
        last = make_kata("late")
        me.get(KATAS)
        for kata, order in ((first, 999), (last, 998)):
            toml = kata.folder / "kata.toml"
            toml.write_text(toml.read_text().replace("order = 70", f"order = {order}"))
        found = slugs(text(me.get(KATAS, {"track": "orm"})))
        assert found[-2:] == ["late", "early"]

    def test_a_kata_whose_folder_went_is_not_listed(self, me, store, kata, monkeypatch):
        store(kata)
        monkeypatch.delenv("KATA_PATH")
        assert kata.slug not in slugs(text(me.get(KATAS)))

    def test_row_shows_standing_queries_and_the_way_to_its_page(self, me, store, kata):
        store(kata, "passed", queries=1)
        store(kata, "failed", queries=41)
        page = text(me.get(KATAS, {"q": "joined"}))
        assert f'href="/admin/katas/{kata.slug}/' in page
        row = re.sub(r"<[^>]+>|\s+", " ", page[page.index("field-status") :])
        assert re.search(r"✓ +passed +orm +2 +2 +1\.5 s +41 / 1 +▲ +over budget +just now", row)

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"q": "n+1 joined"}, ["joined"]),
            ({"q": "ORM joined"}, ["joined"]),
            ({"q": "nothing of the kind"}, []),
            ({"track": "language"}, ["iterators"]),
            ({"level": "2", "q": "joined"}, ["joined"]),
            ({"level": "4", "q": "joined"}, []),
            ({"level": "nine", "q": "joined"}, ["joined"]),
            ({"status": "passed"}, ["iterators"]),
            ({"status": "begun"}, ["joined"]),
            ({"status": "new", "q": "joined"}, []),
            ({"status": "new", "q": "select_related"}, ["select_related"]),
            ({"needs": "nothing", "q": "joined"}, ["joined"]),
            ({"needs": "elsewhere"}, []),
        ],
    )
    def test_search_and_filters(self, me, store, kata, query, expected):
        store(kata, "failed")
        store(catalogue.get("iterators"), "passed")
        assert slugs(text(me.get(KATAS, query))) == expected

    def test_another_learner_stands_elsewhere(self, me, store, kata, other):
        store(kata, "passed", whose=other)
        assert slugs(text(me.get(KATAS, {"status": "passed"}))) == []

    def test_rows_cannot_be_changed(self, me, store, kata):
        store(kata)
        for path in (f"{KATAS}{kata.uuid}/delete/", f"{KATAS}add/"):
            assert me.post(path, {"post": "yes"}).status_code == 403
        assert me.get(f"{KATAS}{kata.uuid}/change/").url == f"/admin/katas/{kata.slug}/"
        assert me.get(f"{KATAS}nonsense/change/").status_code == 404


class TestRuns:
    def test_newest_first_a_page_at_a_time(self, me, many):
        made = many(run_list.PAGE + 5)
        page = text(me.get(RUNS))
        assert numbers(page) == made[: run_list.PAGE]
        older = re.search(r'rel="next" href="(\?[^"]+)"', page)[1]
        page = text(me.get(RUNS + older))
        assert numbers(page)[:5] == made[run_list.PAGE :]
        assert 'rel="next"' not in page

    def test_a_rare_filter_says_how_far_it_looked_and_goes_on_there(self, me, many, monkeypatch):
        monkeypatch.setattr(run_list, "WINDOW", 10)
        rare = many(1, status="timeout")
        made = many(12)
        page = text(me.get(RUNS, {"status": "timeout"}))
        assert numbers(page) == []
        assert f"No such run from {made[9]} on." in page
        older = re.search(r'rel="next" href="(\?[^"]+)"', page)[1]
        assert older == f"?status=timeout&amp;before={made[9]}"
        page = text(me.get(RUNS + older.replace("&amp;", "&")))
        assert numbers(page) == rare

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"status": "passed"}, [2]),
            ({"track": "language"}, [4]),
            ({"source": "own"}, [1, 2, 4]),
            ({"source": "other"}, [3]),
            ({"q": "join"}, [1, 2, 3]),
            ({"q": "foreign keys"}, [1, 2, 3]),
            ({"q": "joined", "status": "failed", "source": "own"}, [1]),
            ({"q": "nothing"}, []),
        ],
    )
    def test_search_and_filters(self, me, store, kata, query, expected):
        made = [
            store(kata, "failed"),
            store(kata, "passed"),
            store(kata, "failed", source="stub"),
            store(catalogue.get("iterators"), "failed"),
        ]
        wanted = [made[number - 1].pk for number in reversed(expected)]
        assert numbers(text(me.get(RUNS, query))) == wanted

    def test_dates_lead_from_years_to_the_runs_of_a_day(self, me, store, kata):
        noon = datetime(2025, 3, 9, 12, tzinfo=UTC)
        made = [store(kata, at=noon - timedelta(days=days)).pk for days in (400, 40, 1, 0)]
        page = text(me.get(RUNS))
        assert re.findall(r'href="(\?year=\d+)"', page) == ["?year=2025", "?year=2024"]
        page = text(me.get(RUNS, {"year": 2025}))
        assert numbers(page) == made[:0:-1]
        assert re.findall(r"month=\d+\">(\w+)<", page) == ["January", "March"]
        page = text(me.get(RUNS, {"year": 2025, "month": 3}))
        assert numbers(page) == [made[3], made[2]]
        page = text(me.get(RUNS, {"year": 2025, "month": 3, "day": 8}))
        assert numbers(page) == [made[2]]
        assert numbers(text(me.get(RUNS, {"year": 2023}))) == []

    @pytest.mark.parametrize(
        "query",
        [
            "status=happy",
            "source=exercise",
            "before=-1",
            "before=0",
            "before=1e3",
            "before=9999999999999999999999",
            "before=²",
            "year=2025&month=13",
            "year=2025&month=2&day=30",
            "year=99999",
            "year=10000000000000000",
            "month=3",
            "year=2025&day=3",
        ],
    )
    def test_error_query_that_no_page_writes(self, me, query):
        assert me.get(f"{RUNS}?{query}").status_code == 400

    def test_a_learner_sees_their_own(self, me, store, kata, other):
        theirs = store(kata, whose=other)
        assert numbers(text(me.get(RUNS))) == []
        assert me.get(f"/admin/runs/{theirs.pk}/").status_code == 404
        assert me.get(f"{RUNS}{theirs.pk}/change/").status_code == 404
        mine = store(kata)
        assert me.get(f"{RUNS}{mine.pk}/change/").url == f"/admin/runs/{mine.pk}/"

    def test_rows_cannot_be_changed(self, me, store, kata):
        run = store(kata)
        assert me.post(f"{RUNS}{run.pk}/delete/", {"post": "yes"}).status_code == 403
        assert me.post(RUNS, {"action": "delete_selected"}).status_code == 405


@pytest.mark.parametrize("path", [KATAS, RUNS, f"{RUNS}?status=failed&q=join&year=2026"])
def test_list_costs_the_same_for_any_number_of_runs(
    me, store, kata, many, path, django_assert_max_num_queries
):
    me.get(KATAS)  # which writes the rows of folders that are new
    counts = set()
    for count in (3, 60):
        many(count)
        with django_assert_max_num_queries(10) as captured:
            text(me.get(path))
        counts.add(len(captured))
    assert len(counts) == 1


def test_help_is_listed_to_who_took_it(me, kata, other):
    runs.take_help(kata, "hint", task=1, step=1, learner=other)
    assert "0 help" in text(me.get("/admin/core/help/"))
    runs.take_help(kata, "hint", task=1, step=1)
    assert "1 help" in text(me.get("/admin/core/help/"))


def test_local_learner_has_no_password(learner):
    assert (learner.is_superuser, learner.has_usable_password()) == (True, False)
