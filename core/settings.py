"""Settings of the workspace: the command, the admin, the stored runs.

A kata never sees these: its child process has settings of its own (core/runner/overlay.py).
Everything that differs between machines comes from the environment, read by `env`.
"""

import ipaddress
import os
import re
from pathlib import Path
from typing import Any

from core.clock import time_zone
from core.errors import KataError
from core.needs.urls import django_database
from core.state import STATE, secret_key


def env(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def rate(name: str, default: str) -> str:
    """Requests in a time, such as 600/min."""
    value = env(name, default)
    if not re.fullmatch(r"[1-9]\d*/(s|sec|m|min|h|hour|d|day)", value):
        raise KataError(
            f"{name} is {value!r}, which is no rate.",
            hint=f"Write a number of requests and a time (s, min, hour, day): `export {name}={default}`.",
        )
    return value


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks with commas between them, such as 172.16.0.0/12."""
    value = env(name, "")
    try:
        return [ipaddress.ip_network(each.strip()) for each in value.split(",") if each.strip()]
    except ValueError as error:
        raise KataError(
            f"{name} is {value!r}: {error}.",
            hint=f"Write networks with commas between them: `export {name}=172.16.0.0/12`.",
        ) from error


BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env("DJANGO_DEBUG", "1") == "1"
SECRET_KEY = env("DJANGO_SECRET_KEY", "") or secret_key()
ALLOWED_HOSTS = env("DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "core.cockpit",
    "core.cockpit.apps.CockpitAdminConfig",  # in place of django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_celery_beat",
    "core",  # its shell_plus comes before the one of django_extensions
    "django_extensions",
    "django_filters",
    "drf_spectacular",
    "rest_framework",
    "rest_framework.authtoken",
    "core.bookshop",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "core.urls"
WSGI_APPLICATION = "core.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# PostgreSQL by DATABASE_URL; without one, a file in `.kata/`.
SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": STATE / "workspace.sqlite3",
    "OPTIONS": {
        # A writer waits instead of failing, and takes its lock at BEGIN: never "database is locked".
        "timeout": 60,  # seconds; longer than the bookshop's largest fill holds the lock
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    },
}
DATABASE_URL = env("DATABASE_URL", "")
DATABASES = {"default": django_database(DATABASE_URL) if DATABASE_URL else SQLITE}

# Broker and cache: Valkey or Redis. `scripts/serve` starts one and names it by KATA_REDIS_URL, which
# the learner's code never sees. Without one, there are no runs from the browser, and all else works.
REDIS_URL = env("KATA_REDIS_URL", "") or env("REDIS_URL", "")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kata",
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# From where the one-time login link may be used, beside this machine: its containers' network, say.
LOGIN_FROM = networks("KATA_LOGIN_FROM")

# The API: for whoever is logged in, or has a token (`manage.py drf_create_token NAME`).
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",  # the first answers 401 to nobody
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.SmallJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttles.Throttle"],
    "DEFAULT_THROTTLE_RATES": {
        "requests": rate("KATA_API_RATE", "600/min"),
        "runs": rate("KATA_API_RUN_RATE", "30/min"),
    },
    "EXCEPTION_HANDLER": "core.api.errors.handle",
    "UNICODE_JSON": False,  # as the command prints it: half a surrogate pair is no UTF-8
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Django Kata Workspace",
    "DESCRIPTION": "Katas, runs, hints and progress of whoever asks.",
    "VERSION": "1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RunStatus": "core.models.Run.Result",
        "VerdictStatus": "core.verdict.Status",
        "CaseStatus": "core.api.serializers.CASES",
    },
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = time_zone()  # days and times are shown in it, and kept in UTC
USE_TZ = True
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # from where the packages have them: nothing is to be collected

# Nothing from elsewhere and nothing inline: what a learner's code prints can never become a script.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
