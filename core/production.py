"""Settings of a workspace that others reach over a network: `DJANGO_SETTINGS_MODULE=core.production`.

Those of core/settings.py, and what is unsafe is refused at the start. Behind a proxy that speaks TLS.
Only for people who trust one another: a run is bounded, and no sandbox for the code of strangers.
"""

from core.errors import KataError
from core.settings import *  # noqa: F403
from core.settings import DATABASES, env

LONG_ENOUGH = 50  # characters of a secret key, as Django's own check asks
KEYS = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def required(name: str, what: str, example: str) -> str:
    """The value of a variable that has no default here."""
    value = env(name, "")
    if not value:
        raise KataError(f"{name} is not set: {what}.", hint=f"Set it, for example: {example}")
    return value


def _secret() -> str:
    value = required("DJANGO_SECRET_KEY", "it signs sessions and links", KEYS)
    if len(value) < LONG_ENOUGH or len(set(value)) < 5 or value.startswith("django-insecure-"):
        raise KataError(
            f"DJANGO_SECRET_KEY can be guessed: it needs {LONG_ENOUGH} characters made by chance.",
            hint=f"Make one: `{KEYS}`.",
        )
    return value


def _hosts() -> list[str]:
    value = required("DJANGO_ALLOWED_HOSTS", "the names that the workspace has", "kata.example.com")
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if "*" in hosts:
        raise KataError(
            "DJANGO_ALLOWED_HOSTS is *: links in mails and pages could lead anywhere.",
            hint="Name the hosts, with commas between them.",
        )
    return hosts


# What an error page would show is everything that is in memory.
DEBUG = False
SECRET_KEY = _secret()
ALLOWED_HOSTS = _hosts()
required(
    "DATABASE_URL",
    "several machines cannot share one SQLite file",
    "postgresql://user:password@host/name",
)
# A connection is kept for a minute, and looked at before it is used again: the server may have gone.
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
required("KATA_REDIS_URL", "the broker of runs and the cache", "redis://redis:6379/0")

# Whoever comes by http is sent to https, and browsers remember that for a year, also for subdomains.
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# Whoever asks how it is sits beside it, and speaks no TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
# The proxy says how the browser came. Only where it sets, or removes, this header on every request.
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env("KATA_BEHIND_PROXY", "0") == "1" else None
)
USE_X_FORWARDED_HOST = (
    False  # the proxy passes Host on; a header of the browser's own is not believed
)
# Cookies never travel in the clear, and no other site can set them.
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True  # our pages send the token in their forms
# A session ends a week after the login, not after two.
SESSION_COOKIE_AGE = 7 * 24 * 3600
# Forms come from our own pages alone.
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS]
# The address of a page is not told to other sites; no other window holds on to ours.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
