"""Members, loans and offers of the bookshop. The tables hold the rules, so every writer obeys them."""

from django.db import models
from django.db.models import F, Q


class Member(models.Model):
    name = models.CharField(max_length=100)
    # Not null: the check below would let NULL pass, for NULL >= 16 is not false but unknown.
    age = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(age__gte=16, age__lte=120),
                name="member_age",
                violation_error_message="A member is 16 to 120 years old.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Loan(models.Model):
    """Open while `returned_on` is empty."""

    copy = models.CharField(max_length=20)  # the barcode on the copy
    member = models.ForeignKey(Member, models.PROTECT)
    lent_on = models.DateField()
    returned_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["copy", "returned_on"],
                name="loan_one_open_per_copy",
                violation_error_code="copy_is_lent",
                violation_error_message="This copy is lent already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.copy} to {self.member}"


class Offer(models.Model):
    """`sale_price` is empty while the title is sold at its list price."""

    title = models.CharField(max_length=200)
    list_price = models.DecimalField(max_digits=8, decimal_places=2)
    sale_price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            # Here NULL is welcome, and passes by itself: both comparisons are unknown.
            models.CheckConstraint(
                condition=Q(sale_price__gt=0, sale_price__lte=F("list_price")),
                name="offer_price_order",
                violation_error_message="A sale price is above 0 and not above the list price.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
