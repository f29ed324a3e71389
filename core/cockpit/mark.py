"""How a status is shown: a sign, a word and a tone, so that none of them carries it alone."""

from dataclasses import dataclass

from core.verdict import Status


@dataclass(frozen=True)
class Mark:
    sign: str
    word: str
    tone: str  # a class of cockpit.css: good, bad, late, calm


NEW = Mark("○", "new", "calm")
MARKS = {
    Status.PASSED.value: Mark("✓", "passed", "good"),
    Status.FAILED.value: Mark("✗", "failed", "bad"),
    Status.ERROR.value: Mark("!", "error", "bad"),
    Status.TIMEOUT.value: Mark("⧖", "timeout", "late"),
    Status.UNAVAILABLE.value: Mark("–", "unavailable", "late"),
    "queued": Mark("…", "queued", "calm"),
    "running": Mark("▸", "running", "calm"),
    "cancelled": Mark("⊘", "cancelled", "calm"),
}

# Of a kata's card.
PRACTICE = {
    "planned": Mark("◇", "planned", "calm"),
    "open": Mark("▸", "repeat is open", "late"),
    "due": Mark("↻", "due", "late"),
}


def mark(status: str | None) -> Mark:
    """The mark of a run's, a task's or a case's status; of a kata that was never run for none."""
    return MARKS.get(str(status), NEW) if status else NEW
