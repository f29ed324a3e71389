from django.db import models


class Account(models.Model):
    """What a customer has paid in and not spent yet."""

    owner = models.CharField(max_length=100)
    cents = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.owner}: {self.cents}"
