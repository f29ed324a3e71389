"""Who asks."""

from typing import cast

from django.contrib.auth.models import User
from rest_framework.request import Request


def learner_of(request: Request) -> User:
    """A user for certain: the permissions let nobody else this far."""
    return cast("User", request.user)
