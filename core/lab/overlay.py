"""The Django settings of a lab: those of a run, with what one looks with around them."""

import importlib.util
from pathlib import Path
from typing import Any

import django

from core.runner.job import Job
from core.runner.overlay import settings as of_a_run
from core.state import ROOT

PREFIX = "/lab/"  # of our own pages; every other address is the kata's
SILK = "silk"  # the alias of Silk's own database
MOST_RECORDED = 100  # requests that Silk keeps
MOST_BODY = 64  # KiB of a body that Silk keeps
PANELS = (
    "history.HistoryPanel",
    "sql.SQLPanel",
    "timer.TimerPanel",
    "request.RequestPanel",
    "headers.HeadersPanel",
    "templates.TemplatesPanel",
    "cache.CachePanel",
    "signals.SignalsPanel",
)
HIDDEN = ("core.lab", "core.demo", "core.judge", "silk")  # from the stack traces of the toolbar
SIGNED = "django.contrib.sessions.backends.signed_cookies"
SAME_SALT = "core.lab.people.SameSalt"
CONTEXT = "django.template.context_processors"
BROWSABLE = "rest_framework.renderers.BrowsableAPIRenderer"
ADMIN = "core.lab.apps.LabAdminConfig"


def settings(job: Job, place: Path, secret: str) -> dict[str, Any]:
    """Keyword arguments for `settings.configure`; `place` is a folder that the lab may write to."""
    values = of_a_run(job)
    slug = job.package.rpartition(".")[2]
    kata_urls = values["ROOT_URLCONF"]
    migrates = job.build == "migrations"
    if "REST_FRAMEWORK" in values:
        values["REST_FRAMEWORK"] = _browsable(values["REST_FRAMEWORK"])
    return values | {
        "DEBUG": True,
        "SECRET_KEY": secret,
        "INSTALLED_APPS": _apps(values["INSTALLED_APPS"], job),
        "DATABASES": _databases(values["DATABASES"], job, place),
        "DATABASE_ROUTERS": ["core.lab.router.Router", *values.get("DATABASE_ROUTERS", [])],
        "MIDDLEWARE": [
            "debug_toolbar.middleware.DebugToolbarMiddleware",
            "core.lab.looking.silky",
            *values["MIDDLEWARE"],
        ],
        "ROOT_URLCONF": "core.lab.urls",
        "LAB": {"slug": slug, "package": job.package, "urls": kata_urls},
        # Cookies are shared by all ports of a machine: those of the workspace have other names.
        "SESSION_COOKIE_NAME": f"lab_{slug}_session",
        "CSRF_COOKIE_NAME": f"lab_{slug}_csrf",
        # Outside of the tables, which are made anew at each save: who is logged in stays so.
        "SESSION_ENGINE": values.get("SESSION_ENGINE", SIGNED),
        "PASSWORD_HASHERS": job.settings.get("PASSWORD_HASHERS", [SAME_SALT]),
        "MESSAGE_STORAGE": "django.contrib.messages.storage.cookie.CookieStorage",
        "TEMPLATES": [_with_context(each, job) for each in values["TEMPLATES"]],
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [
            *values.get("STATICFILES_DIRS", []),
            ROOT / "core" / "cockpit" / "static",
            ROOT / "core" / "lab" / "static",
            # A kata without a database has no admin, and its pages look the same.
            Path(django.__file__).parent / "contrib" / "admin" / "static",
        ],
        # Tables come from `core.lab.tables`; the toolbar writes in here.
        "MIGRATION_MODULES": dict(values.get("MIGRATION_MODULES", {})) if migrates else {},
        **_toolbar(),
        **_silk(place),
    }


def _toolbar() -> dict[str, Any]:
    from debug_toolbar.settings import CONFIG_DEFAULTS  # its package asks for settings, lazily

    return {
        "DEBUG_TOOLBAR_PANELS": [f"debug_toolbar.panels.{each}" for each in PANELS],
        "DEBUG_TOOLBAR_CONFIG": {
            "SHOW_TOOLBAR_CALLBACK": "core.lab.looking.by_toolbar",
            "UPDATE_ON_FETCH": True,
            "SHOW_COLLAPSED": True,
            "IS_RUNNING_TESTS": False,
            "HIDE_IN_STACKTRACES": (*CONFIG_DEFAULTS["HIDE_IN_STACKTRACES"], *HIDDEN),
        },
    }


def _silk(place: Path) -> dict[str, Any]:
    return {
        "SILKY_INTERCEPT_FUNC": by_silk,
        "SILKY_MIDDLEWARE_CLASS": "core.lab.looking.silky",
        "SILKY_META": False,
        "SILKY_PYTHON_PROFILER": False,  # turned on for a call that is profiled
        "SILKY_MAX_RECORDED_REQUESTS": MOST_RECORDED,
        "SILKY_MAX_RECORDED_REQUESTS_CHECK_PERCENT": 5,
        "SILKY_MAX_REQUEST_BODY_SIZE": MOST_BODY,
        "SILKY_MAX_RESPONSE_BODY_SIZE": MOST_BODY,
        "SILKY_ANALYZE_QUERIES": False,  # on PostgreSQL it runs every write twice
        "MEDIA_ROOT": str(place),
    }


def by_silk(request: Any) -> bool:
    from core.lab import looking

    return looking.by_silk(request)


def _apps(apps: list[str], job: Job) -> list[str]:
    ours = ["django.contrib.messages", "django.contrib.staticfiles", "debug_toolbar", "silk"]
    ours += ["django_extensions"]
    if "REST_FRAMEWORK" in job.settings:  # its templates and styles, where a run needs none
        ours.append("rest_framework")
    if job.database != "none" and "django.contrib.admin" not in apps:
        ours.append(ADMIN)
    return [*apps, *(each for each in ours if each not in apps)]


def _browsable(api: dict[str, Any]) -> dict[str, Any]:
    """For a browser, each answer of the API is a page; a program gets what the kata says."""
    name = "DEFAULT_RENDERER_CLASSES"
    if name not in api or BROWSABLE in api[name]:
        return api
    return api | {name: [*api[name], BROWSABLE]}


def _databases(found: dict[str, Any], job: Job, place: Path) -> dict[str, Any]:
    """The run's own, in a file where it was in memory: the threads of a server share it."""
    # What a lab stores need not outlive a power cut, so nobody waits for the disk.
    options = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL",
    }

    def file(name: str) -> dict[str, Any]:
        path = str(place / f"{name}.sqlite3")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}

    databases = dict(found) or {"default": file("default")}
    for alias, each in databases.items():
        if each["ENGINE"].endswith("sqlite3"):
            databases[alias] = file(alias)
    return databases | {SILK: file(SILK)}


def _with_context(engine: dict[str, Any], job: Job) -> dict[str, Any]:
    """The template engine of a kata, with what the admin's templates ask of it."""
    if not engine["BACKEND"].endswith("DjangoTemplates"):
        return engine
    wanted = [f"{CONTEXT}.request", "django.contrib.messages.context_processors.messages"]
    if job.database != "none":
        wanted.append("django.contrib.auth.context_processors.auth")
    options = engine.get("OPTIONS", {})
    known = options.get("context_processors", [])
    more = [each for each in wanted if each not in known]
    return engine | {"OPTIONS": options | {"context_processors": [*known, *more]}}


def lab(name: str) -> str:
    """What the lab's own settings hold: `slug`, `package`, `urls`."""
    from django.conf import settings as configured

    return str(getattr(configured, "LAB")[name])  # noqa: B009 - no setting that Django knows


def has_urls(module: str) -> bool:
    """Whether the kata has pages of its own."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
