"""What came and went, in words."""

from collections.abc import Mapping

NAMES = {
    "runs": "run",
    "help": "hint or answer",
    "predictions": "prediction",
    "cards": "card",
    "reviews": "review",
    "files": "kata's files",
}
PLURALS = {"help": "hints and answers", "files": "katas' files"}


def amounts(counts: Mapping[str, int]) -> str:
    """Such as "12 runs, 1 card"; "" for nothing."""
    words = [
        f"{counts[name]:,} {one if counts[name] == 1 else PLURALS.get(name, one + 's')}"
        for name, one in NAMES.items()
        if counts.get(name)
    ]
    return ", ".join(words)
