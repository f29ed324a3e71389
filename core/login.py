"""A link that logs the local learner in, once: there is no password to know or to set."""

from datetime import datetime
from urllib.parse import quote

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import signing
from django.utils import timezone

from core import runs

SALT = "core.login"
LASTS = 10 * 60  # seconds


def token() -> str:
    """Signed, and bound to when the learner logged in last: the next login ends it."""
    learner = runs.local_learner()
    return signing.dumps([learner.pk, _moment(learner.last_login)], salt=SALT, compress=False)


def path() -> str:
    return f"/login/{quote(token())}/"


def redeem(text: str) -> User | None:
    """Whose token this is; None for one that was used, is too old, or is not ours.

    Of two that come at once, one is the first: the moment of the last login changes by
    compare-and-set.
    """
    try:
        number, last = signing.loads(text, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    before = datetime.fromisoformat(last) if last else None
    users = get_user_model().objects.filter(pk=number, last_login=before, is_active=True)
    if not users.update(last_login=timezone.now()):
        return None
    return get_user_model().objects.get(pk=number)


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""
