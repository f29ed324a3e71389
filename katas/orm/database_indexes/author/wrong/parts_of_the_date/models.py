"""The sales of all branches of the bookshop, with an index for each way in which they are asked for."""

from django.db import models
from django.db.models import Q


class Sale(models.Model):
    """Paid at once at the till, and later on invoice; `paid_at` is empty until then."""

    branch = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    cents = models.PositiveIntegerField()
    on_invoice = models.BooleanField(default=False)
    # For the sales of a day, of all branches: a range of one column.
    sold_at = models.DateTimeField(db_index=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sale"
        indexes = [
            # What is equal comes first, what is in order after it: within a branch the entries lie
            # by time, so the last ten are read from one end and nothing is sorted.
            models.Index(fields=["branch", "sold_at"], name="sale_branch_sold_at"),
            # Only the few that are unpaid have an entry; the rest of the table costs it nothing.
            models.Index(fields=["sold_at"], condition=Q(paid_at=None), name="sale_unpaid"),
        ]

    def __str__(self) -> str:
        return f"{self.title} in branch {self.branch}"
