"""The users among a lab's data, and logging in as one of them: a link, and no password."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.http import HttpRequest

MOST = 8  # whom a page offers
ASKS = "django.contrib.auth.middleware.AuthenticationMiddleware"


class SameSalt(MD5PasswordHasher):
    """The same password has the same hash at each start.

    A session holds a hash of its user's password, so whoever is logged in stays so over a save.
    """

    def salt(self) -> str:
        return "the-same-salt-at-each-start"


def people() -> tuple[tuple[Any, str], ...]:
    """Primary key and name of the first users, if the kata's own pages ask who it is."""
    if ASKS not in settings.MIDDLEWARE:
        return ()
    from django.contrib.auth import get_user_model

    users = get_user_model()
    # Not by the default manager: that may be what the learner is writing.
    rows = users._base_manager.order_by("pk").values_list("pk", users.USERNAME_FIELD)
    return tuple(rows[:MOST])


def log_in(request: HttpRequest, key: str) -> None:
    """From now on this user asks for the kata's own pages; with a key of nobody's, nobody does."""
    from django.contrib.auth import get_user_model, login, logout

    found = [pk for pk, _ in people() if str(pk) == key]
    if not found:
        logout(request)
        return
    user = get_user_model()._base_manager.get(pk=found[0])
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])


def logged_in(request: HttpRequest) -> str:
    """The key of whoever asks for the kata's own pages, "" for nobody. Asks no table."""
    from django.contrib.auth import SESSION_KEY

    return str(request.session.get(SESSION_KEY, "")) if ASKS in settings.MIDDLEWARE else ""
