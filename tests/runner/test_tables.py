"""Which tables come made: those of `uses`, and of the apps that settings add."""

import dataclasses

import pytest

from core import catalogue
from core.runner.tables import shared_apps

POSTGRES = "django.contrib.postgres"


@pytest.mark.parametrize(
    ("changes", "apps"),
    [
        ({}, ("core.bookshop",)),
        ({"settings": {"TIME_ZONE": "UTC"}}, ("core.bookshop",)),
        ({"settings_add": {"INSTALLED_APPS": [POSTGRES]}}, ("core.bookshop", POSTGRES)),
        ({"settings_add": {"MIDDLEWARE": ["x.Y"]}}, ("core.bookshop",)),
        ({"build": "migrations"}, None),
        ({"settings": {"AUTH_USER_MODEL": "x.User"}}, None),
        ({"settings": {"INSTALLED_APPS": [POSTGRES]}}, None),
        ({"settings_add": {"INSTALLED_APPS": ["samples.runner.bounded.inner"]}}, None),
    ],
)
def test_apps_whose_tables_are_shared(changes, apps, samples):
    kata = dataclasses.replace(catalogue.get("bounded"), uses=("core.bookshop",), **changes)
    assert shared_apps(kata) == apps
