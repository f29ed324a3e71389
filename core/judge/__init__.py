"""What a kata's tests judge with: `expect` results, `budget` and `growth` of costs, data from `rng`."""

from core.judge.expectation import Mismatch, expect, expect_raises
from core.judge.growth import Grows, growth
from core.judge.instrument import rng
from core.judge.queries import OverBudget, budget

__all__ = [
    "Grows",
    "Mismatch",
    "OverBudget",
    "budget",
    "expect",
    "expect_raises",
    "growth",
    "rng",
]
