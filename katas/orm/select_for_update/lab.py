"""What the demo and the lab show of this kata: calls that meet, and a basket that grows."""

from collections.abc import Callable
from functools import partial

from django.db.models import F

from core.bookshop.models import Book, Copy, Loan
from core.judge.sessions import after, before, hold

from . import exercise
from .shop import A, B, C, Desk, meet, out, stocktaking

sizes = (2, 8, 32, 128)
desk = Desk()
LOAN = before("^INSERT")


def populate(size: int) -> None:
    """The small shop of the tests, and `size` copies more."""
    desk.setUp()
    keys = range(3000, 3000 + size)
    Copy.objects.bulk_create(Copy(pk=key, book_id=desk.book, shelf="S") for key in keys)


def last_copy() -> str:
    """Two desks lend one copy."""
    meet(desk.lend(A, desk.ada), LOAN, desk.lend(A, desk.kim))
    return f"lent {out().count(A)} x"


def sale() -> str:
    """The till sells the book of a copy that is being lent."""
    sell = partial(Book.objects.filter(pk=desk.book).update, stock=F("stock") - 1)
    *_, waits = meet(desk.lend(A, desk.ada), LOAN, sell)
    return "waits" if waits else "goes on"


def printer() -> str:
    """Somebody asks for a copy whose slip is being printed."""
    printing = partial(exercise.lend, A, desk.ada, lambda slip: hold())
    _, said, waits = meet(printing, None, desk.lend(A, desk.kim))
    return "waits" if waits else said


def kiosk() -> str:
    """A customer at the kiosk wants a copy that stocktaking has locked."""
    at_kiosk = desk.lend(A, desk.kim, wait=False)
    _, said, waits = meet(partial(stocktaking, A), after("FOR NO KEY UPDATE"), at_kiosk)
    return "waits" if waits else said


def baskets() -> str:
    """Two desks lend the same copies, scanned in another order."""
    meet(desk.lend_all([A, B, C], desk.ada), LOAN, desk.lend_all([C, B, A], desk.kim))
    return f"lent {out().count(A)} x"


def helpers() -> str:
    """Two helpers at the return box."""
    meet(desk.take_back(hold), None, desk.take_back())
    return f"took {len({copy for copy, *_ in desk.settled})}"


def basket() -> None:
    """A basket of all the copies that `populate` made."""
    keys = list(Copy.objects.filter(pk__gte=3000).values_list("pk", flat=True))
    exercise.lend_all(keys, desk.ada)


def afresh(scene: Callable[[], object]) -> object:
    """A scene in which nobody has the copies that it is about."""
    Loan.objects.filter(copy__in=[A, B, C], back_at=None).delete()
    return scene()


calls = {
    "two desks, one copy": partial(afresh, last_copy),
    "a sale beside a loan": partial(afresh, sale),
    "a slip being printed": partial(afresh, printer),
    "a kiosk, a locked copy": partial(afresh, kiosk),
    "two baskets": partial(afresh, baskets),
    "two helpers": helpers,
    "a large basket": basket,
}
