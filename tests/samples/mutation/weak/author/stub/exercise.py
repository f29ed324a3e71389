"""A basket."""

import logging

logger = logging.getLogger(__name__)
VAT = 20


def with_vat(price: int) -> int:
    return price + price * VAT // 100


def countdown(count: int) -> int:
    raise NotImplementedError


class Basket:
    limit = 5

    def __init__(self, *prices: int) -> None:
        self.prices = prices

    def total(self, discount: int = 0) -> int:
        raise NotImplementedError

    def cheapest_first(self) -> list[int]:
        raise NotImplementedError

    def is_large(self) -> bool:
        raise NotImplementedError
