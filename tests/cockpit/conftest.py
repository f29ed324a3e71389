"""What the cockpit's tests share: a complete kata that may be edited, and runs of it with a past."""

import pytest

from core import catalogue, runs
from core.models import Run
from core.source import Source
from tests.cockpit.verdicts import copy_kata, verdict


@pytest.fixture
def learner(db):
    return runs.local_learner()


@pytest.fixture
def me(client, learner):
    """A client that is the local learner."""
    client.force_login(learner)
    return client


@pytest.fixture
def make_kata(tmp_path, monkeypatch):
    """A copy of a real kata under another name, in a root of its own: its files may be changed."""
    root = tmp_path / "copies"
    monkeypatch.setenv("KATA_PATH", str(root))

    def make(slug="joined", *, title="", **files):
        folder = copy_kata(root, slug, title=title)
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text)
        return catalogue.get(slug)

    return make


@pytest.fixture
def kata(make_kata):
    return make_kata()


@pytest.fixture
def store(learner):
    """Keep a run; `code` is the file that it judged, `at` when it started."""

    def keep(kata, status="failed", *, code="x = 1\n", whose=None, at=None, **options):
        made = verdict(kata, status, **options)
        files = Source(made.source, kata.folder, {"exercise.py": code.encode()})
        if at is None:
            return runs.store(made, files, kata=kata, learner=whose or learner)
        row = runs.row(kata)
        run = Run(kata=row, learner=whose or learner, source=made.source, started_at=at)
        runs.conclude(run, made, files)
        return run

    return keep
