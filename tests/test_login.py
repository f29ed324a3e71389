"""The link that `scripts/serve` prints: once, for ten minutes, from this machine."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from core import login, runs

pytestmark = pytest.mark.django_db
USED = (
    "This link was used, or is older than ten minutes. Run `scripts/serve` once more for a new one."
)


def refused(response) -> bool:
    return (response.status_code, response.content.decode()) == (403, USED)


def test_link_logs_the_local_learner_in(client):
    response = client.get(login.path())
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").context["user"] == runs.local_learner()
    assert "no-store" in response["Cache-Control"]


def test_link_is_used_once(client):
    link = login.path()
    client.get(link)
    client.logout()
    assert refused(client.get(link))
    assert client.get("/admin/").status_code == 302


def test_every_login_ends_the_links_before_it(client):
    first, second = login.path(), login.path()
    assert client.get(second).status_code == 302
    assert refused(client.get(first))
    assert client.get(login.path()).status_code == 302


def test_of_two_uses_at_once_one_is_the_first(client):
    text = login.token()
    assert login.redeem(text) == runs.local_learner()
    assert login.redeem(text) is None


def test_link_ends_after_ten_minutes(client, monkeypatch):
    link = login.path()
    later = (timezone.now() + timedelta(minutes=10, seconds=1)).timestamp()
    monkeypatch.setattr("time.time", lambda: later)
    assert refused(client.get(link))


@pytest.mark.parametrize(
    "text",
    ["x", "a:b:c", signing.dumps([1, ""], salt="another")],
    ids=["no token", "no signature", "another purpose"],
)
def test_link_that_is_not_ours(client, text):
    assert refused(client.get(f"/login/{text}/"))


@pytest.mark.parametrize(
    "seen",
    [
        {"REMOTE_ADDR": "192.0.2.1"},
        {"REMOTE_ADDR": ""},
        {"headers": {"X-Forwarded-For": "192.0.2.1"}},
        {"headers": {"Forwarded": "for=192.0.2.1"}},
    ],
)
def test_link_from_elsewhere_is_refused_and_stays_good(client, seen):
    link = login.path()
    assert refused(client.get(link, **seen))
    assert client.get(link, REMOTE_ADDR="::1").status_code == 302


def test_looking_ahead_does_not_use_it(client):
    link = login.path()
    assert client.head(link).status_code == 405
    assert client.get(link).status_code == 302


def test_learner_who_was_barred_gets_none(client):
    link = login.path()
    learner = runs.local_learner()
    learner.is_active = False
    learner.save()
    assert refused(client.get(link))
