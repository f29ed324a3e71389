"""A kata's own pages in the lab: who asks for them, and what looks at the requests of its lab.py."""

import re

import pytest

from tests.lab.conftest import write_kata
from tests.lab.http import asked

SETTINGS = """database = ["memory", "postgres"]
[settings]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies\""""
VIEWS = """from django.contrib.auth.models import User
from django.http import HttpResponse


def greet(request):
    names = [User.objects.get(pk=pk).username for pk in User.objects.values_list("pk", flat=True)]
    return HttpResponse(f"Hello {request.user.username or 'nobody'} of {len(names)}")
"""
URLS = """from django.urls import path, re_path

from . import views

urlpatterns = [
    path("greet/", views.greet, name="greet"),
    re_path(r"^greet/(?P<pk>[^/.]+)/$", views.greet),
    re_path(r"^greet\\.(?P<format>[a-z]+)$", views.greet),
]
"""
MODELS = """from django.db import models


class Card(models.Model):
    pass
"""
LAB = """from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse


def populate(size):
    reverse("greet")
    for name in ["ada", "grace", *(f"reader{n}" for n in range(size))]:
        User.objects.create_user(name, password="engine")


sizes = (2, 8)
calls = {"greet": lambda: Client().get("/greet/").content.decode()}
"""


@pytest.fixture
def folder(root):
    files = {"views": VIEWS, "urls": URLS, "models": MODELS, "lab": LAB}
    return write_kata(root, "greeter", "views.py", SETTINGS, **files)


@pytest.fixture
def lab(start_lab, folder):
    return start_lab("greeter")


def log_in(lab, key):
    lab.cookies |= lab.post("/lab/people/", key=key).cookies


def test_log_in_without_a_password_holds_over_a_save_and_other_data(lab, folder):
    assert lab.get("/greet/").text == "Hello nobody of 10"
    page = lab.get("/lab/").words
    assert "You have not logged in. Log in as ada Log in as grace Log in as reader0" in page
    log_in(lab, "1")
    assert lab.get("/greet/").text == "Hello ada of 10"
    assert "You ask for them as ada . Log in as grace" in lab.get("/lab/").words
    (folder / "views.py").write_text(VIEWS.replace("Hello", "Hi"))
    lab.shows("/greet/", "Hi ada of 10")
    lab.post("/lab/size/", size="3")
    assert lab.get("/greet/").text == "Hi ada of 5"
    log_in(lab, "")
    assert lab.get("/greet/").text == "Hi nobody of 5"


def test_log_in_is_behind_the_link_and_for_users_of_the_data(lab):
    assert asked("POST", f"{lab.address}/lab/people/", data={"key": "1"}).status == 403
    assert lab.get("/lab/people/").status == 405
    for key in ("1000", "ada", "1 OR 1"):
        log_in(lab, key)
        assert lab.get("/greet/").text == "Hello nobody of 10"
    words = lab.get("/lab/").words
    assert "in SQLite, the first of the databases that the kata is judged on: SQLite, Pos" in words
    # Its lab.py has asked for an address before they were registered.
    assert lab.get("/lab/admin/greeter/card/").status == 200
    assert "Its tables cards Its own pages" in words
    # Its pages are listed as they are asked for, and a browser's icon is no request of theirs.
    assert "Its own pages /greet/ /greet/<pk>/ You have" in words
    icon = lab.get("/favicon.ico")
    assert (icon.status, icon.headers["Location"]) == (302, "/static/cockpit/icon.svg")
    assert "djdt-request-id" not in icon.headers


def test_what_looks_at_a_call_sees_the_requests_of_a_test_client(lab):
    page = lab.get("/lab/?call=greet")
    assert "<strong>11 queries</strong>" in page.text
    assert "SQL 11 queries" in page.headers["Server-Timing"]
    recorded = lab.get(lab.post("/lab/profile/", call="greet").headers["Location"]).words
    assert re.search(r"(\d+) queries", recorded)[1] == "11"
    assert "silk is not installed" not in lab.words
