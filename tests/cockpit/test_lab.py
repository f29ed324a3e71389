"""From the cockpit to the lab of a kata, which ends with the server that opened it."""

import os
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from core.lab.owner import OWNER
from tests.conftest import ROOT, in_ci, wait_for
from tests.lab.http import asked


@pytest.fixture
def own_state(state, monkeypatch):
    """A state that labs share with nobody, for this process and for those that it starts."""
    monkeypatch.setenv("KATA_STATE", str(state))
    monkeypatch.setattr("core.state.STATE", state)
    yield state
    OWNER.close()


def answers(link):
    try:
        return asked("GET", link).status == 302
    except OSError:
        return False


def test_link_opens_the_lab_once_and_it_ends_with_the_server(me, kata, own_state):
    assert 'href="/admin/katas/joined/lab/"' in me.get("/admin/katas/joined/").content.decode()
    first = me.get("/admin/katas/joined/lab/")
    assert first.status_code == 302
    assert answers(first.url)
    assert me.get("/admin/katas/joined/lab/").url == first.url
    OWNER.close()
    assert not answers(first.url)
    assert me.get("/admin/katas/joined/lab/").url != first.url


@in_ci("a lab each, some seconds")
def test_lab_ends_where_its_owner_is_killed(kata, own_state):
    code = (
        "import os, sys\nfrom core import catalogue\nfrom core.lab.owner import OWNER\n"
        "print(OWNER.link(catalogue.get('joined')), flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True
    )
    link = done.stdout.strip()
    assert link.startswith("http://127.0.0.1:")
    wait_for(lambda: not answers(link), 30)


@in_ci("a lab each, some seconds")
def test_lab_that_a_terminal_has_open_is_joined(me, kata, own_state):
    other = subprocess.Popen(
        [sys.executable, "manage.py", "kata", "joined", "--lab"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout.readline() == "The lab of joined is open:\n"
        assert me.get("/admin/katas/joined/lab/").url == other.stdout.readline().strip()
    finally:
        other.terminate()
        other.wait()


def test_who_may_only_look_opens_no_lab(client, kata, db):
    user = get_user_model().objects.create_user("looks", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_kata"))
    client.force_login(user)
    assert "/lab/" not in client.get("/admin/katas/joined/").content.decode()
    assert client.get("/admin/katas/joined/lab/").status_code == 403
    assert OWNER.labs == {}


def test_lab_that_cannot_start_is_a_page_that_says_why(me, kata, own_state):
    (own_state / "lab").write_text("a file in the place of a folder")
    answer = me.get("/admin/katas/joined/lab/")
    assert answer.status_code == 409
    assert "cannot be made" in answer.content.decode()
