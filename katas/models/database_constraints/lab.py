"""What the demo and the lab show of this kata."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from .models import Loan, Member


def populate(size: int) -> None:
    """`size` members, each with one copy at home."""
    members = Member.objects.bulk_create(Member(name=f"Member {n}", age=30) for n in range(size))
    Loan.objects.bulk_create(
        Loan(copy=f"B{n}", member=member, lent_on=date(2024, 5, 1))
        for n, member in enumerate(members)
    )


def second_loan() -> Loan:
    """A loan, not saved yet, of a copy that somebody has."""
    return Loan(copy="B0", member=Member.objects.last(), lent_on=date(2024, 5, 2))


def check() -> str:
    """What a form would say of it."""
    try:
        second_loan().full_clean()
    except ValidationError as error:
        return error.messages[0]
    return "fine"


def save() -> str:
    """What the database says of it."""
    try:
        with transaction.atomic():
            second_loan().save()
            transaction.set_rollback(True)
    except IntegrityError:
        return "refused"
    return "accepted"


calls = {"check it": check, "save it": save}
