"""How often a learner may ask: by user, in the cache, with rates from the settings."""

from typing import TYPE_CHECKING, cast

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import UserRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which reads this module as it is imported


class Throttle(UserRateThrottle):
    """Every request of a user. A cache that does not answer stops nobody."""

    scope = "requests"

    def get_rate(self) -> str | None:
        return cast("str | None", api_settings.DEFAULT_THROTTLE_RATES[self.scope])

    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError:
            return True


class RunThrottle(Throttle):
    """Requests for new runs: each keeps a worker busy."""

    scope = "runs"
