"""What the front page says of the queue: how it is, in a sentence, and what helps where it is not well."""

import zlib
from dataclasses import dataclass

from django.conf import settings

from core.cockpit.templatetags.cockpit import lasted
from core.queue.health import Health, health

LONG = 60.0  # seconds; a queue whose oldest has waited longer wants more workers
START = "Start all parts of the workspace: `scripts/serve`, or `docker compose up -d`."
MORE = (
    "More workers judge more at once: `docker compose up -d --scale worker=4`, or "
    "`scripts/serve --runs 4`."
)
LOOK = "`manage.py health` says the same in a terminal, and the log of the parts says why."


@dataclass(frozen=True)
class QueueCard:
    """`state` in two words, `words` as a sentence, `hint` with what to type (or "")."""

    health: Health
    state: str
    words: str
    hint: str = ""

    @property
    def oldest(self) -> str:
        return lasted(self.health.oldest or 0.0)

    @property
    def seen(self) -> str:
        """Differs where the card would show something else."""
        found = self.health
        shown = (self.state, self.words, found.queued, found.running, found.workers, self.oldest)
        return f"{zlib.crc32(repr(shown).encode()):x}"


def queue_card() -> QueueCard:
    """One query, one trip to the broker; at most a second and a half where it does not answer."""
    found = health()
    return QueueCard(found, *_told(found))


def _told(found: Health) -> tuple[str, str, str]:
    waiting = f"{found.queued} run{'s' * (found.queued != 1)}"
    if not settings.REDIS_URL:
        return (
            "not set up",
            "Runs from the browser need a broker, and none is set up here.",
            START,
        )
    if not found.broker:
        return (
            "stands still",
            "The broker does not answer. What waits is kept, and goes on once it is back.",
            f"{START} {LOOK}",
        )
    if not found.workers:
        kept = f"{waiting} will wait until one is there" if found.queued else "a run would wait"
        return ("stands still", f"No worker is alive: {kept}.", f"{START} {LOOK}")
    if not found.beat:
        return (
            "not well",
            "Runs are judged, but beat is not alive: what a dead worker leaves is not given back.",
            f"{START} {LOOK}",
        )
    if found.queued and (found.oldest or 0.0) > LONG:
        alive = f"{found.workers} workers are" if found.workers > 1 else "1 worker is"
        return ("slow", f"The oldest of {waiting} waits long, and {alive} alive.", MORE)
    return ("well", "Runs from the browser are judged as they come.", "")
