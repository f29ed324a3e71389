"""Who may ask, how often, and in which words they are refused."""

import json
import re

import pytest
from django.core.management import call_command
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from core import runs
from core.api.parsers import LARGEST
from tests.api.conftest import client_of, problem

PATHS = [
    *("/api/", "/api/katas/", "/api/katas/bounded/", "/api/katas/bounded/hints/", "/api/runs/"),
    *(
        "/api/runs/1/",
        "/api/runs/1/verdict/",
        "/api/progress/",
        "/api/practice/",
        "/api/practice/days/",
    ),
    *("/api/schema/", "/api/nowhere/"),
]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_told_to_log_in(nobody, path):
    answer = nobody.get(path)
    problem(answer, 401, "Authentication credentials were not provided.")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("path", PATHS)
def test_any_user_may_ask(stranger, path):
    assert stranger.get(path).status_code in (200, 404)


def test_token_from_the_command(db, capsys):
    call_command("drf_create_token", runs.LOCAL)
    token = Token.objects.get(user=runs.local_learner()).key
    assert token in capsys.readouterr().out
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/").status_code == 200


@pytest.mark.parametrize("header", ["Token x", "Token", "Token a b", "Token \xff", "Basic eDp5"])
def test_error_for_a_forged_token(nobody, header):
    problem(nobody.get("/api/", HTTP_AUTHORIZATION=header), 401)


def test_error_for_the_token_of_somebody_who_left(stranger, other):
    other.is_active = False
    other.save()
    problem(stranger.get("/api/"), 401, "User inactive or deleted.")


def test_session_needs_its_csrf_token(learner):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(learner)
    assert client.get("/api/runs/").status_code == 200
    answer = client.post("/api/runs/", {"katas": []}, format="json")
    assert problem(answer, 403)["detail"].startswith("CSRF Failed")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 3_000_000),
        ("application/x-www-form-urlencoded", b"a=1&" * 2000),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=\xe9", b"x"),
    ],
    ids=["giant", "many", "no boundary", "bad boundary"],
)
def test_form_is_not_read_to_find_a_csrf_token(learner, content_type, body):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(learner)
    client.cookies["csrftoken"] = "a" * 32
    problem(client.generic("POST", "/api/runs/", body, content_type=content_type), 415)


def test_page_for_a_browser(learner):
    client = APIClient()
    client.force_login(learner)
    for path, status in [("/api/runs/", 200), ("/api/runs/1/", 404)]:
        answer = client.get(path, HTTP_ACCEPT="text/html")
        assert (answer.status_code, answer["Content-Type"]) == (status, "text/html; charset=utf-8")
        text = answer.content.decode()
        assert (
            re.findall(r'(?:src|href)="(?:https?:)?//', text.replace("http://testserver", "")) == []
        )
        assert "Nothing" not in text
        assert ("&quot;katas&quot;: []" in text) == (status == 200)  # the form's beginning


@pytest.mark.parametrize(("method", "path"), [("delete", "/api/runs/"), ("post", "/api/katas/")])
def test_error_for_a_method(api, method, path):
    answer = getattr(api, method)(path)
    problem(answer, 405)
    assert "GET" in answer["Allow"]


def test_error_for_an_address(api):
    problem(
        api.post("/api/nowhere/"),
        404,
        "There is no /api/nowhere/ here.",
        hint="GET /api/ lists what there is.",
    )
    for method in (api.get, api.post):
        problem(method("/api/runs"), 404, hint="Addresses end with a slash: /api/runs/")


def test_error_for_what_one_would_read(api):
    problem(api.get("/api/katas/", HTTP_ACCEPT="application/xml"), 406)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"NaN", 400),
        (b"[" * 60_000, 400),
        (b"1" * 6000, 400),
        (b'{"katas": ["' + b"x" * LARGEST + b'"]}', 413),
        (b"", 400),
        (b"null", 400),
        (b'"\\ud800"', 400),
        (b'{"katas": ["\\ud800"]}', 400),
        (b'{"katas": ["bounded"], "source": "\\ud800"}', 400),
    ],
    ids=[
        "cut",
        "not utf-8",
        "nan",
        "deep",
        "long",
        "giant",
        "empty",
        "null",
        "half",
        "kata",
        "source",
    ],
)
def test_error_for_a_body(api, body, status):
    problem(api.generic("POST", "/api/runs/", body, content_type="application/json"), status)


def test_error_for_a_body_that_is_not_json(api):
    problem(api.generic("POST", "/api/runs/", b"<a/>", content_type="application/xml"), 415)
    problem(api.post("/api/runs/", {"katas": "bounded"}, format="multipart"), 415)


def test_error_for_asking_too_often(api, stranger, limit):
    limit(requests="2/min")
    assert [api.get("/api/").status_code for _ in range(2)] == [200, 200]
    answer = api.get("/api/")
    assert problem(answer, 429)["detail"].startswith("Request was throttled.")
    assert 0 < int(answer["Retry-After"]) <= 61
    assert stranger.get("/api/").status_code == 200


def test_runs_are_asked_for_less_often(api, limit):
    limit(runs="1/min")
    assert api.post("/api/runs/", {}, format="json").status_code == 400
    problem(api.post("/api/runs/", {}, format="json"), 429)
    assert api.get("/api/runs/").status_code == 200


@pytest.mark.parametrize("value", ["often", "0/min", "5/fortnight", "-1/s"])
def test_error_for_a_rate_that_is_none(manage, value):
    status, _, said = manage("check", env={"KATA_API_RUN_RATE": value})
    assert status != 0
    assert f"KATA_API_RUN_RATE is {value!r}, which is no rate." in said
    assert "`export KATA_API_RUN_RATE=30/min`" in said
    assert "Traceback" not in said


def test_cache_that_does_not_answer_stops_nobody(api, use_broker, limit, tmp_path):
    limit(requests="1/min", runs="1/min")
    use_broker(f"unix://{tmp_path}/nothing?db=0")
    assert [api.get("/api/").status_code for _ in range(2)] == [200, 200]


def test_two_clients_of_one_user_are_one(api, learner, limit):
    limit(requests="1/min")
    assert api.get("/api/").status_code == 200
    problem(client_of(learner).get("/api/"), 429)


def test_answers_are_json_that_any_reader_takes(api):
    assert json.loads(api.get("/api/katas/").content.decode("ascii"))
