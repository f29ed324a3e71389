"""The stock admin shows katas and runs, to read; a learner sees their own."""

import pytest
from django.contrib.auth import get_user_model

from core import catalogue, runs
from core.runner.run import run


@pytest.fixture
def stored(db, samples):
    kata = catalogue.get("bounded")
    verdict, files = run(kata, "solution", seed=1)
    return runs.store(verdict, files, kata=kata)


@pytest.mark.parametrize("page", ["kata", "run", "help"])
def test_page_lists_within_its_queries(client, stored, page, django_assert_max_num_queries):
    client.force_login(runs.local_learner())
    with django_assert_max_num_queries(10):
        response = client.get(f"/admin/core/{page}/")
    assert response.status_code == 200
    assert ("bounded" in response.content.decode()) == (page != "help")


def test_katas_are_listed_before_they_are_run(client, db):
    client.force_login(runs.local_learner())
    assert "select_related" in client.get("/admin/core/kata/").content.decode()


def test_run_shows_its_verdict_and_cannot_be_changed(client, stored):
    client.force_login(runs.local_learner())
    response = client.get(f"/admin/core/run/{stored.pk}/change/")
    assert "One::test_double_0_two" in response.content.decode()
    assert client.post(f"/admin/core/run/{stored.pk}/change/", {}).status_code == 403
    assert client.post(f"/admin/core/run/{stored.pk}/delete/", {"post": "yes"}).status_code == 403


def test_another_learner_does_not_see_it(client, stored):
    other = get_user_model().objects.create_superuser("other")
    client.force_login(other)
    assert "1 run" not in client.get("/admin/core/run/").content.decode()
    assert client.get(f"/admin/core/run/{stored.pk}/change/").status_code == 302


def test_local_learner_has_no_password(db):
    learner = runs.local_learner()
    assert (learner.is_superuser, learner.has_usable_password()) == (True, False)


def test_anonymous_gets_the_login(client, db):
    response = client.get("/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/admin/login/")
