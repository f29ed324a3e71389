"""The reading journal. Given: what you write is the views."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


class Entry(models.Model):
    """What a reader wrote about a book. Nobody but the owner reads it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="entries")
    book = models.ForeignKey("bookshop.Book", models.PROTECT, related_name="+")
    read_on = models.DateField(default=timezone.localdate)
    text = models.TextField()

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"Entry {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("entry_detail", args=[self.pk])
