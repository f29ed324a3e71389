"""Invoice numbers, tills and credit of the bookshop, right in any number of threads and processes."""

import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager

from django.db import transaction
from django.db.models import F

from .models import Account


class InvoiceNumbers:
    """Hands out the numbers after `last`, in order, none of them twice."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.lock = threading.Lock()

    def next(self) -> int:
        # Reading the result belongs to it: after the lock, `last` is the number of somebody else.
        with self.lock:
            self.last += 1
            return self.last


class Till:
    """A drawer of money; each has a number of its own. `lock` guards `cents`."""

    def __init__(self, number: int, cents: int) -> None:
        self.number = number
        self.cents = cents
        self.lock = threading.Lock()


@contextmanager
def locked(*tills: Till) -> Iterator[None]:
    """Hold the locks of all these tills, each once, whatever happens in the block."""
    with ExitStack() as held:
        # In one order everywhere: whoever waits for a till holds none after it, so there is no circle.
        for till in sorted(set(tills), key=lambda till: till.number):
            held.enter_context(till.lock)
        yield


def move(source: Till, target: Till, cents: int) -> None:
    """Move `cents`, above 0, to another till or the same. ValueError if `source` holds less."""
    with locked(source, target):
        if source.cents < cents:
            raise ValueError(f"till {source.number} holds less than {cents}")
        source.cents -= cents
        target.cents += cents


def total(tills: Collection[Till]) -> int:
    """What lies in these tills at one moment."""
    with locked(*tills):
        return sum(till.cents for till in tills)


def pay(payer: int, payee: int, cents: int) -> None:
    """Move `cents`, above 0, between two accounts, or one and the same, given by primary key.

    ValueError if `payer` holds less, or if there is no such account: then nothing has moved.
    """
    payers = Account.objects.filter(pk=payer)
    if not payers.filter(cents__gte=cents).exists():
        raise ValueError(f"no account {payer} with {cents}")
    with transaction.atomic():
        payers.update(cents=F("cents") - cents)
        if not Account.objects.filter(pk=payee).update(cents=F("cents") + cents):
            raise ValueError(f"no account {payee}")
