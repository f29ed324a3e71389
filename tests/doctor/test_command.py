"""kata_doctor as a person and a machine see it: what is there, what is missing, who needs it."""

import json
import os
import platform
import re
import socket

import django
import pytest

from core.catalogue import catalogue
from core.needs.find import URLS, find, wanted
from core.needs.version import version_of
from core.state import ROOT
from core.watch.files import BY_EVENTS, BY_POLLING
from tests.conftest import left_behind

PLAIN = {
    **dict.fromkeys(URLS.values(), ""),
    **dict.fromkeys(("VISUAL", "EDITOR", "TERM_PROGRAM", "KATA_PATH"), ""),
}


def wanting(need: str, *samples: str) -> list[str]:
    """The workspace's katas that need a server, then these samples."""
    return [*(kata.slug for kata in catalogue().katas if need in wanted(kata)), *samples]


HIDDEN = PLAIN | {"PATH": "/nowhere", "KATA_PATH": str(ROOT / "tests" / "samples")}


@pytest.fixture
def doctor(manage, tmp_path):
    """Run it where no URL names a server: (status, stdout, stderr)."""
    return lambda *arguments, **env: manage("kata_doctor", *arguments, env={**PLAIN, **env})


def need(name, where, version="", at="", *, katas=(), problem="", hint=""):
    return {
        "name": name,
        "where": where,
        "at": at,
        "version": version,
        "ready": not problem,
        "problem": problem,
        "hint": hint,
        "katas": list(katas),
        "seconds": None,
    }


def test_whole_json_with_programs_hidden(doctor, tmp_path, monkeypatch):
    for name in URLS.values():
        monkeypatch.delenv(name, raising=False)
    status, out, err = doctor("--json", **HIDDEN | {"EDITOR": "nowhere -w", "KATA_WATCH": "poll"})
    found = json.loads(out)
    for each in found["spaces"]:
        assert each.pop("free") > 0
    for name in ("landlock", "bubblewrap"):
        found["sandbox"].pop(name)
    wheels = {name: find(name) for name in ("postgres", "redis")}
    none = "there is none here"
    rabbitmq = next(each for each in found["needs"] if each["name"] == "rabbitmq")
    assert (status, err) == (1, "")
    assert found == {
        "python": platform.python_version(),
        "django": django.get_version(),
        "needs": [
            *(
                need(name, "wheel", version_of(each), str(each.program), katas=katas)
                for (name, each), katas in zip(
                    wheels.items(),
                    (wanting("postgres", "shelf", "post"), wanting("redis", "bell", "post")),
                    strict=True,
                )
            ),
            rabbitmq,
            need(
                "elasticsearch",
                "missing",
                katas=wanting("elasticsearch", "needy"),
                problem=none,
                hint="Start one and name it: `export ELASTICSEARCH_URL=http://localhost:9200`.",
            ),
            *(
                need(
                    name,
                    "missing",
                    katas=wanting(name),
                    problem=none,
                    hint=f"Run `sudo apt install {name}`.",
                )
                for name in ("nginx", "chromium")
            ),
        ],
        "packages": found["packages"],
        "editor": {"command": "nowhere -w", "named_by": "EDITOR", "found": False},
        "spaces": [
            {"name": "state", "folder": str(tmp_path / "state"), "problem": ""},
            {"name": "temporary", "folder": found["spaces"][1]["folder"], "problem": ""},
        ],
        "watching": {"mode": BY_POLLING, "reason": "KATA_WATCH says so"},
        "sandbox": {"level": "rlimits"},
        "fork": True,
        "server": {"running": False, "pid": 0},
        "unread": [],
        "missing": ["elasticsearch"],
    }
    assert found["packages"]["locked"] > 50


def test_screen_fits_80_columns_of_a_pipe_without_colour(doctor):
    status, out, err = doctor(**HIDDEN)
    assert (status, err) == (1, "")
    assert "\x1b" not in out
    assert [line for line in out.splitlines() if len(line) > 80] == []
    lines = [line.rstrip() for line in out.splitlines()]
    assert any(re.fullmatch(r"✗ Elasticsearch +missing +1 kata needs it", line) for line in lines)
    assert "  Start one and name it: `export ELASTICSEARCH_URL=http://localhost:9200`." in lines
    assert lines[-1] == "  Not ready: needy needs Elasticsearch."


def test_everything_that_a_kata_needs_is_there(doctor):
    status, out, err = doctor()
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "Everything is here that the katas need."
    assert BY_EVENTS in out


def test_url_where_nothing_listens_is_not_ready_and_shows_no_password(doctor):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"postgresql://ada:secret@127.0.0.1:{taken.getsockname()[1]}/x"
        status, out, _ = doctor("--json", KATA_PATH=HIDDEN["KATA_PATH"], POSTGRES_URL=url)
    found = json.loads(out)["needs"][0]
    assert status == 1
    assert "secret" not in out
    assert found["at"] == url.replace(":secret", "")
    katas = wanting("postgres", "shelf", "post")
    assert (found["where"], found["ready"], found["katas"]) == ("environment", False, katas)
    assert found["problem"] == "nothing answers there: Connection refused"


def test_start_starts_each_server_and_says_how_long_it_took(doctor, tmp_path):
    status, out, err = doctor("--start", "--json", PATH="/nowhere")
    found = {each["name"]: each for each in json.loads(out)["needs"]}
    assert (status, err) == (0, "")
    for name in ("postgres", "redis"):
        assert found[name]["ready"]
        assert found[name]["seconds"] > 0
    assert found["nginx"]["seconds"] is None
    assert left_behind(tmp_path) == []


def test_start_says_why_a_server_cannot_be_used(doctor):
    url = "redis://127.0.0.1:1"
    status, out, _ = doctor("--start", KATA_PATH=HIDDEN["KATA_PATH"], REDIS_URL=url, PATH="")
    assert status == 1
    assert "  Redis cannot be used: " in out
    assert "  It is named by REDIS_URL. Start it, or unset that.\n" in out
    assert f"  Not ready: {', '.join(wanting('redis', 'bell', 'post'))} need Redis.\n" in out


def test_kata_that_does_not_read_is_said(doctor, tmp_path):
    folder = tmp_path / "more" / "track" / "odd"
    folder.mkdir(parents=True)
    (folder / "kata.toml").write_text("level = 9\n")
    status, out, _ = doctor(KATA_PATH=str(tmp_path / "more"))
    assert status == 0
    assert "  Not looked at: " in out
    assert "odd" in out


def test_error_wrong_call(doctor):
    assert doctor("--begin") == (
        4,
        "",
        "Unrecognized arguments: --begin.\nRun `python manage.py kata_doctor --help`.\n",
    )


def test_background_server_is_found_by_its_process(doctor, tmp_path):
    from core.doctor.examination import Background, _background

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / "socket"))
        listener.listen()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("core.doctor.examination.runtime_folder", lambda: tmp_path)
            assert _background() == Background(running=True, pid=os.getpid())
        listener.close()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("core.doctor.examination.runtime_folder", lambda: tmp_path)
            assert _background() == Background(running=False)
