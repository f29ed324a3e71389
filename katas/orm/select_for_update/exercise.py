"""The loans desk of the bookshop. Right while it is alone, and since May there are six of it."""

from collections.abc import Callable, Collection

from django.db import transaction

from core.bookshop.models import Copy, Loan

from .models import Returned
from .refusals import CopyIsOut


def lend(
    copy: int, customer: int, print_slip: Callable[[str], object], *, wait: bool = True
) -> None:
    """Lend a copy to a customer, both by primary key, and print a slip such as "Emma, shelf A3".

    CopyIsOut while it has an open loan, Copy.DoesNotExist if there is none. If somebody has locked the
    copy: wait, or without `wait` raise CopyIsBusy at once. Other errors of the database are not that,
    and are passed on. The slip is printed when the loan is committed, which may be the caller's to do.
    """
    with transaction.atomic():
        found = Copy.objects.select_related("book").get(pk=copy)
        if Loan.objects.filter(copy=found, back_at=None).exists():
            raise CopyIsOut(copy)
        Loan.objects.create(copy=found, customer_id=customer)
        print_slip(f"{found.book.title}, shelf {found.shelf}")


def lend_all(copies: Collection[int], customer: int) -> None:
    """Lend a basket of copies to a customer, all or none. A key that is in it twice is one copy.

    CopyIsOut names all that are out; Copy.DoesNotExist if one does not exist. Waits for whoever has
    locked one of them. Everybody in the shop locks copies by rising primary key.
    """
    with transaction.atomic():
        basket = [Copy.objects.get(pk=copy) for copy in set(copies)]
        out = [copy.pk for copy in basket if copy.loans.filter(back_at=None).exists()]
        if out:
            raise CopyIsOut(*sorted(out))
        for copy in basket:
            Loan.objects.create(copy=copy, customer_id=customer)


def take_back(settle: Callable[[Loan], object]) -> int | None:
    """Take back the copy that has been in the return box longest, of those that nobody else is at.

    Its loan ends at the moment when it was dropped, `settle(loan)` does the rest and may take its
    time, and the box holds it no more. What `settle` raises is passed on: then all is as it was, and
    so it is where the process dies. Returns the loan's key, None if there is nothing to do.
    """
    with transaction.atomic():
        found = Returned.objects.select_related("loan__customer").order_by("dropped_at").first()
        if found is None:
            return None
        found.loan.back_at = found.dropped_at
        found.loan.save(update_fields=["back_at"])
        settle(found.loan)
        found.delete()
        return found.loan_id
