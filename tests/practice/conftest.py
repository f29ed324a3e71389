"""Cards without chance in their intervals, and a kata with questions."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core import catalogue
from core.practice import schedule
from tests.conftest import copy_sample

QUESTIONS = "# Questions\n\n## What is `twice`?\n\nTwo times.\n\n## And half?\n\nOne of two.\n"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)  # a Friday


@pytest.fixture(autouse=True)
def without_chance(monkeypatch):
    monkeypatch.setattr(schedule, "FUZZING", False)


@pytest.fixture
def kata(tmp_path, monkeypatch):
    """A copy of the bounded sample that asks two questions."""
    folder = copy_sample("bounded", tmp_path, monkeypatch)
    (folder / "questions.md").write_text(QUESTIONS)
    return catalogue.get("bounded")


class Clock:
    """The time that the workspace believes in: noon in UTC until it is moved on."""

    def __init__(self) -> None:
        self.now = NOW

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    with timezone.override("UTC"):
        yield clock
