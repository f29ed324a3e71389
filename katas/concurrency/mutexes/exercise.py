"""Invoice numbers, tills and credit of the bookshop. Right in one thread; the shop's server has many."""

import threading
from collections.abc import Collection

from .models import Account


class InvoiceNumbers:
    """Hands out the numbers after `last`, in order, none of them twice."""

    def __init__(self, last: int) -> None:
        self.last = last

    def next(self) -> int:
        self.last += 1
        return self.last


class Till:
    """A drawer of money; each has a number of its own. `lock` guards `cents`."""

    def __init__(self, number: int, cents: int) -> None:
        self.number = number
        self.cents = cents
        self.lock = threading.Lock()


def move(source: Till, target: Till, cents: int) -> None:
    """Move `cents`, above 0, to another till or the same. ValueError if `source` holds less."""
    if source.cents < cents:
        raise ValueError(f"till {source.number} holds less than {cents}")
    with source.lock, target.lock:
        source.cents -= cents
        target.cents += cents


def total(tills: Collection[Till]) -> int:
    """What lies in these tills at one moment."""
    return sum(till.cents for till in tills)


def pay(payer: int, payee: int, cents: int) -> None:
    """Move `cents`, above 0, between two accounts, or one and the same, given by primary key.

    ValueError if `payer` holds less, or if there is no such account: then nothing has moved.
    """
    try:
        source, target = Account.objects.get(pk=payer), Account.objects.get(pk=payee)
    except Account.DoesNotExist as error:
        raise ValueError("no such account") from error
    if source.cents < cents:
        raise ValueError(f"account {payer} holds less than {cents}")
    source.cents -= cents
    source.save()
    target.cents += cents
    target.save()
