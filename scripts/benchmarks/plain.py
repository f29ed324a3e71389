"""The comparison: a plain Django project with katas as its apps, and `python -m pytest` in it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from core.kata import Kata
from scripts.benchmarks.copies import together
from scripts.benchmarks.workspace import Workspace, timed

SETTINGS = '''"""Katas as the apps of a project."""
SECRET_KEY = "plain"
INSTALLED_APPS = {apps}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}]
USE_TZ = True
'''
INI = """[pytest]
python_files = tests.py
markers = task(number): the task of the kata that a class judges
"""
# The judge counts here as it does in a run, with the same seed: the tests do the same work.
CONFTEST = """import os

from core.judge import instrument

instrument.attach(folder=os.environ["KATA_FOLDER"], edit=("exercise.py", "models.py"), seed=1)
"""
BARE = ("django.contrib.contenttypes", "django.contrib.auth")
# What `django-admin startproject` installs: what a plain project is.
STARTED = (
    "django.contrib.admin",
    *BARE,
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
)


class Project:
    """Two settings over one tree: `many` installs every kata that can be, `one_<slug>` one."""

    def __init__(self, workspace: Workspace, installed: Sequence[Kata], *, bare: bool) -> None:
        self.always = BARE if bare else STARTED
        self.workspace = workspace
        self.folder = workspace.folder
        (self.folder / "core").symlink_to(workspace.code / "core")
        (self.folder / "pytest.ini").write_text(INI)
        (self.folder / "conftest.py").write_text(CONFTEST)
        self.installed = [kata for kata in installed if together(kata)]
        self._settings("many", self.installed)

    def _settings(self, name: str, katas: Sequence[Kata]) -> None:
        uses = dict.fromkeys(app for kata in katas for app in kata.uses)
        apps = [*self.always, *uses, *(kata.package for kata in katas)]
        (self.folder / f"{name}.py").write_text(SETTINGS.format(apps=apps))

    def alone(self, kata: Kata) -> str:
        """The settings with this kata alone."""
        name = f"one_{kata.slug}"
        self._settings(name, [kata])
        return name

    def pytest(self, kata: Kata, settings: str) -> float:
        """Seconds of `python -m pytest` on the tests of one kata; Broken unless they pass."""
        tests = Path("made", kata.track, kata.slug, "tests.py")
        environment = self.workspace.environment | {
            "DJANGO_SETTINGS_MODULE": settings,
            "KATA_FOLDER": os.fspath(kata.folder),
        }
        return timed([sys.executable, "-m", "pytest", str(tests)], self.folder, environment)
