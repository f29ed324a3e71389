from django.db import models


class Letter(models.Model):
    text = models.CharField(max_length=20)
    delivered = models.IntegerField(default=0)
