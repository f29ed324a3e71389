from django.db import models
from django.db.models import Q

from core.bookshop.models import Order


class Payment(models.Model):
    """A line of the bank's statement. The bank sends some lines twice, and some that make no sense."""

    reference = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    cents = models.IntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(cents__gt=0), name="payment_positive")]

    def __str__(self) -> str:
        return self.reference
