from django.db import models

from core.bookshop.models import Loan


class Returned(models.Model):
    """A copy that lies in the return box: its loan is open until somebody has taken it back."""

    loan = models.OneToOneField(Loan, models.CASCADE, related_name="returned")
    dropped_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Loan {self.loan_id} in the return box"
