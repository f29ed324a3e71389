"""Whoever asks: nobody, the local learner with a token, and another."""

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from core import catalogue, runs
from core.runner.run import run as judge
from tests.queue.conftest import broker, katas, sent, server, use_broker

__all__ = ["broker", "katas", "sent", "server", "use_broker"]


@pytest.fixture(autouse=True)
def fresh(samples):
    """The sample katas, and nobody who has asked before."""
    cache.clear()


@pytest.fixture
def learner(db):
    return runs.local_learner()


@pytest.fixture
def other(db):
    return get_user_model().objects.create_user("other")


def client_of(user, **options) -> APIClient:
    token, _ = Token.objects.get_or_create(user=user)
    client = APIClient(**options)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return client


@pytest.fixture
def api(learner):
    """A client with the learner's token."""
    return client_of(learner)


@pytest.fixture
def stranger(other):
    return client_of(other)


@pytest.fixture
def nobody(db):
    return APIClient()


@pytest.fixture
def limit(settings):
    """Set how often one may ask."""

    def set_to(**rates: str | None) -> None:
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {
            "DEFAULT_THROTTLE_RATES": {"requests": None, "runs": None} | rates
        }

    return set_to


@pytest.fixture
def judged(learner):
    """Judge a source of a sample kata, and store it."""

    def run(name: str, source: str = "exercise", whose=None):
        kata = catalogue.get(name)
        verdict, files = judge(kata, source, seed=1)
        return runs.store(verdict, files, kata=kata, learner=whose or learner), verdict

    return run


def problem(response, status: int, detail: str | None = None, **more) -> dict:
    """The problem of an answer, which is one whole."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found = response.json()
    assert found.keys() <= {"type", "title", "status", "detail", "hint", "errors"}
    assert (found["type"], found["title"], found["status"]) == (
        "about:blank",
        response.reason_phrase,
        status,
    )
    if detail is not None:
        assert found["detail"] == detail
    for name, value in more.items():
        assert found[name] == value
    return found
