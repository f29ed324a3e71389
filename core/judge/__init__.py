"""What a kata's tests judge with: `expect` results, `budget` costs, draw data with `rng`."""

from core.judge.expectation import Mismatch, expect, expect_raises
from core.judge.instrument import rng
from core.judge.queries import OverBudget, budget

__all__ = ["Mismatch", "OverBudget", "budget", "expect", "expect_raises", "rng"]
