"""What the demo and the lab show of this kata: two calls that meet in every order there is."""

from collections.abc import Callable
from functools import partial

from core.judge.interleaving import Interleaving, interleavings
from core.judge.turns import Standstill

from . import exercise
from .models import Account

sizes = (2, 8, 32, 128)


def populate(size: int) -> None:
    """`size` accounts with credit, two at least."""
    Account.objects.bulk_create(
        Account(owner=f"Customer {number}", cents=500) for number in range(max(size, 2))
    )


def numbers(turns: Interleaving) -> bool:
    """Whether two callers get two numbers."""
    book = turns.load(exercise).InvoiceNumbers(0)
    return sorted(turns.run(book.next, book.next)) == [1, 2]


def tills(turns: Interleaving, second: slice = slice(None)) -> bool:
    """Whether two moves of 300 leave what there was, and no till with less than nothing."""
    shop = turns.load(exercise)
    both = [shop.Till(number, 500) for number in (1, 2)]
    moves = [partial(shop.move, *both, 300), partial(shop.move, *both[second], 300)]
    turns.run(*moves, refused=ValueError)
    cents = [till.cents for till in both]
    return sum(cents) == 1000 and min(cents) >= 0


def accounts(turns: Interleaving) -> bool:
    """The same of two accounts, and two processes."""
    keys = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:2])
    both = Account.objects.filter(pk__in=keys)
    both.update(cents=500)
    processes = [turns.load(exercise), turns.load(exercise)]
    turns.run(*[partial(process.pay, *keys, 300) for process in processes], refused=ValueError)
    cents = list(both.values_list("cents", flat=True))
    return sum(cents) == 1000 and min(cents) >= 0


def met(scene: Callable[[Interleaving], bool]) -> str:
    """How often it goes wrong."""
    right = []
    for turns in interleavings(""):
        try:
            with turns:
                right.append(scene(turns))
        except Standstill:
            right.append(False)
    return f"{right.count(False)} of {len(right)} wrong"


calls = {
    "next() beside next()": lambda: met(numbers),
    "move() beside move()": lambda: met(tills),
    "move() the other way": lambda: met(partial(tills, second=slice(None, None, -1))),
    "pay() beside pay()": lambda: met(accounts),
}
