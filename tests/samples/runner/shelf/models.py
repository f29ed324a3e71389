from django.contrib.auth.models import User
from django.db import models


class Seat(models.Model):
    number = models.IntegerField(unique=True)
    holder = models.ForeignKey(User, models.CASCADE, null=True, related_name="seats")
