"""A basket: spots that are changed, and those that are left out."""

import logging

logger = logging.getLogger(__name__)
VAT = 20


def with_vat(price: int) -> int:
    # Other comments than in the stub, and otherwise the same.
    return price + price * VAT // 100


def countdown(count: int) -> int:
    """How many steps it takes down to zero."""
    steps = 0
    while count > 0:
        count -= 1
        steps += 1
    return steps


class Basket:
    """What a customer wants to buy."""

    limit = 5

    def __init__(self, *prices: int) -> None:
        self.prices = prices

    def __str__(self) -> str:
        return "Basket of " + str(len(self.prices))

    def total(self, discount: int = 0) -> int:
        if not self.prices:
            raise ValueError("An empty basket has no total.")
        logger.info("Summed up.")
        return sum(self.prices) - discount

    def cheapest_first(self) -> list[int]:
        return sorted(self.prices, key=lambda price: price)

    def is_large(self) -> bool:
        return len(self.prices) > self.limit
