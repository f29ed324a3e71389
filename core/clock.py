"""The learner's time zone: what a day is, and how a time is shown."""

import os
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCAL_TIME = "/etc/localtime"  # on Linux and macOS a link to the machine's zone


def time_zone() -> str:
    """The zone that TZ names, else the machine's, else UTC."""
    linked = os.path.realpath(LOCAL_TIME).partition("zoneinfo/")[2]
    for name in (os.environ.get("TZ", "").lstrip(":"), linked):
        try:
            if name:
                return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue  # such as CET-1CEST, which names no zone
    return "UTC"
