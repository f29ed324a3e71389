"""The sales of all branches of the bookshop. Somebody has put an index on each column."""

from django.db import models


class Sale(models.Model):
    """Paid at once at the till, and later on invoice; `paid_at` is empty until then."""

    branch = models.PositiveSmallIntegerField(db_index=True)
    title = models.CharField(max_length=200)
    cents = models.PositiveIntegerField()
    on_invoice = models.BooleanField(default=False, db_index=True)
    sold_at = models.DateTimeField(db_index=True)
    paid_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        db_table = "sale"

    def __str__(self) -> str:
        return f"{self.title} in branch {self.branch}"
