"""Members, loans and offers of the bookshop. Python knows the rules; the tables do not."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Member(models.Model):
    name = models.CharField(max_length=100)
    age = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(16), MaxValueValidator(120)]
    )

    def __str__(self) -> str:
        return self.name


class Loan(models.Model):
    """Open while `returned_on` is empty."""

    copy = models.CharField(max_length=20)  # the barcode on the copy
    member = models.ForeignKey(Member, models.PROTECT)
    lent_on = models.DateField()
    returned_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.copy} to {self.member}"

    def clean(self) -> None:
        if Loan.objects.filter(copy=self.copy, returned_on=None).exists():
            raise ValidationError("Not possible.")


class Offer(models.Model):
    """`sale_price` is empty while the title is sold at its list price."""

    title = models.CharField(max_length=200)
    list_price = models.DecimalField(max_digits=8, decimal_places=2)
    sale_price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.sale_price and self.sale_price > self.list_price:
            raise ValidationError("Not possible.")
