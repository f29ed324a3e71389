"""The solution's cost beside the learner's: the lab's calls on it, in a child of the runner's."""

import dataclasses
from typing import Any

from core.kata import Kata
from core.runner.demo import calls_of


def reference(kata: Kata, size: int) -> dict[str, Any]:
    """Its calls by name, or the problem that it ended with."""
    column = calls_of(kata, "solution", size)
    if column.problem:
        return {"problem": f"{column.problem.kind}: {column.problem.message}"}
    return {"calls": {call.call: dataclasses.asdict(call) for call in column.calls}}
