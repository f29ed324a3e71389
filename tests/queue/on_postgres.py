"""The workspace's settings, with PostgreSQL for its database."""

import os

from core.needs.urls import django_database
from core.settings import *  # noqa: F403

DATABASES = {"default": django_database(os.environ["RACE_URL"])}
