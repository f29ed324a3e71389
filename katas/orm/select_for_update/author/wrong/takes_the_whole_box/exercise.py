"""The loans desk of the bookshop, right with any number of desks."""

from collections.abc import Callable, Collection
from functools import partial

from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from core.bookshop.models import Copy, Loan

from .models import Returned
from .refusals import CopyIsBusy, CopyIsOut


def lend(
    copy: int, customer: int, print_slip: Callable[[str], object], *, wait: bool = True
) -> None:
    """Lend a copy to a customer, both by primary key, and print a slip such as "Emma, shelf A3".

    CopyIsOut while it has an open loan, Copy.DoesNotExist if there is none. If somebody has locked the
    copy: wait, or without `wait` raise CopyIsBusy at once. Other errors of the database are not that,
    and are passed on. The slip is printed when the loan is committed, which may be the caller's to do.
    """
    # `of`: without it the rows of the join are locked too, and nobody can sell the book meanwhile.
    copies = Copy.objects.select_related("book").select_for_update(of=("self",), nowait=not wait)
    with transaction.atomic():
        try:
            found = copies.get(pk=copy)
        except OperationalError as error:
            # Of a lock, a deadlock and a lost connection, Django makes one class; the driver three.
            if isinstance(error.__cause__, LockNotAvailable):
                raise CopyIsBusy(copy) from error
            raise
        # In a statement of its own, which sees what was committed while the other one waited.
        if Loan.objects.filter(copy=found, back_at=None).exists():
            raise CopyIsOut(copy)
        Loan.objects.create(copy=found, customer_id=customer)
        # After the outermost commit: nobody waits for a printer, and no slip is of a loan undone.
        transaction.on_commit(partial(print_slip, f"{found.book.title}, shelf {found.shelf}"))


def lend_all(copies: Collection[int], customer: int) -> None:
    """Lend a basket of copies to a customer, all or none. A key that is in it twice is one copy.

    CopyIsOut names all that are out; Copy.DoesNotExist if one does not exist. Waits for whoever has
    locked one of them. Everybody in the shop locks copies by rising primary key.
    """
    with transaction.atomic():
        # One order for all: whoever waits for a copy holds none after it. list() sends the query.
        basket = list(Copy.objects.filter(pk__in=copies).order_by("pk").select_for_update())
        if len(basket) < len(set(copies)):
            raise Copy.DoesNotExist
        loans = Loan.objects.filter(copy__in=basket, back_at=None).order_by("copy")
        if out := loans.values_list("copy", flat=True):
            raise CopyIsOut(*out)
        Loan.objects.bulk_create(Loan(copy=copy, customer_id=customer) for copy in basket)


def take_back(settle: Callable[[Loan], object]) -> int | None:
    """Take back the copy that has been in the return box longest, of those that nobody else is at.

    Its loan ends at the moment when it was dropped, `settle(loan)` does the rest and may take its
    time, and the box holds it no more. What `settle` raises is passed on: then all is as it was, and
    so it is where the process dies. Returns the loan's key, None if there is nothing to do.
    """
    box = Returned.objects.select_related("loan__customer").order_by("dropped_at")
    with transaction.atomic():
        found = list(box.select_for_update(of=("self",), skip_locked=True))
        if not found:
            return None
        found = found[0]
        found.loan.back_at = found.dropped_at
        found.loan.save(update_fields=["back_at"])
        # Under the lock: it says who is at the copy, keeps nobody waiting, and ends with its holder.
        settle(found.loan)
        found.delete()
        return found.loan_id
