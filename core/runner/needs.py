"""Which of a kata's needs are missing here, and the command that brings each."""

import os
import shutil

from core.kata import Kata
from core.verdict import Problem

SERVERS = {
    "postgres": "POSTGRES_URL",
    "redis": "REDIS_URL",
    "rabbitmq": "RABBITMQ_URL",
    "elasticsearch": "ELASTICSEARCH_URL",
}
PROGRAMS = {"nginx": "nginx", "chromium": "chromium"}


def missing(kata: Kata) -> Problem | None:
    """The first need that is not met, as the problem of an unavailable run."""
    wanted = (*kata.needs, *(["postgres"] if "postgres" in kata.databases else []))
    for need in wanted:
        if need in SERVERS and not os.environ.get(SERVERS[need]):
            name = SERVERS[need]
            return Problem(
                kind="unavailable",
                message=f"{kata.slug} needs a {need} server, and {name} is not set.",
                hint=f"Start one and name it: `export {name}=…`.",
            )
        if need in PROGRAMS and not shutil.which(PROGRAMS[need]):
            return Problem(
                kind="unavailable",
                message=f"{kata.slug} needs {need}, and it is not on the PATH.",
                hint=f"Install it: `sudo apt install {PROGRAMS[need]}`.",
            )
    return None
