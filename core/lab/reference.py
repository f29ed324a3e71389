"""The solution's cost beside the learner's: the kata's demo on it, in a child of the runner's."""

import dataclasses
from typing import Any

from core.kata import Kata
from core.runner.demo import demonstrate


def reference(kata: Kata, size: int) -> dict[str, Any]:
    """Its calls by name, or the problem that it ended with."""
    (column,) = demonstrate(kata, size=size, sources=("solution",))
    if column.problem:
        return {"problem": f"{column.problem.kind}: {column.problem.message}"}
    return {"calls": {call.call: dataclasses.asdict(call) for call in column.calls}}
