"""The fixtures of practice."""

from tests.practice.conftest import clock, kata, without_chance  # noqa: F401
