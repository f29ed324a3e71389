"""A server's URL in the forms that its clients take."""

from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit


def django_database(url: str) -> dict[str, Any]:
    """Settings of DATABASES for a PostgreSQL URL, as libpq reads it."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def postgres_url(url: str, *, user: str, password: str, name: str) -> str:
    """The same server, as another user on another database."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    secret = f":{quote(password, safe='')}" if password else ""
    netloc = f"{quote(user, safe='')}{secret}@{address}" if user else parts.netloc
    return urlunsplit(("postgresql", netloc, f"/{quote(name, safe='')}", parts.query, ""))


def socket_url(folder: str, *, user: str, name: str) -> str:
    """PostgreSQL at a socket in a folder."""
    return f"postgresql://{user}@/{name}?{_query([('host', folder)])}"


def redis_urls(url: str, database: str) -> dict[str, str]:
    """One logical database of a server, as redis-py and Django take it, and as Celery does."""
    parts = urlsplit(url)
    options = [each for each in parse_qsl(parts.query) if each[0] not in ("db", "virtual_host")]
    if parts.scheme == "unix":
        # By hand: urlunsplit leaves out the // of a scheme that it does not know.
        where = f"://{parts.netloc}{parts.path}?"
        plain = "unix" + where + _query([*options, ("db", database)])
        celery = "redis+socket" + where + _query([*options, ("virtual_host", database)])
    else:
        query = _query(options)
        plain = celery = urlunsplit((parts.scheme, parts.netloc, f"/{database}", query, ""))
    # Celery reads its two by itself, before what an app configures.
    return {"REDIS_URL": plain, "CELERY_BROKER_URL": celery, "CELERY_RESULT_BACKEND": celery}


def amqp_url(url: str, *, user: str, password: str, host: str) -> str:
    """The same server, as another user on another virtual host."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(user, safe='')}:{quote(password, safe='')}@{address}"
    return urlunsplit((parts.scheme, netloc, f"/{quote(host, safe='')}", parts.query, ""))


def management_url(url: str, port: int) -> str:
    """Where RabbitMQ's management plugin answers, as the user that an AMQP URL names."""
    parts = urlsplit(url)
    user, password = parts.username or "guest", parts.password or "guest"
    host = parts.hostname or "localhost"
    address = f"[{host}]" if ":" in host else host
    scheme = "https" if parts.scheme == "amqps" else "http"
    return f"{scheme}://{user}:{password}@{address}:{port}"


def socket_of(url: str) -> str:
    """The path of the Unix socket that a URL names; "" where it names a host."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme == "unix":
        return unquote(parts.path)
    host = options.get("host", "") or unquote(parts.hostname or "")
    return f"{host}/.s.PGSQL.{parts.port or options.get('port', 5432)}" if host[:1] == "/" else ""


def without_password(url: str) -> str:
    """A URL that may be shown."""
    start, at, rest = url.partition("://")
    user, found, address = rest.rpartition("@")
    name = user.partition(":")[0]
    return f"{start}{at}{name}{found}{address}"


def _query(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote)  # libpq takes a plus for a plus
