from django.db import models


class Memo(models.Model):
    text = models.CharField(max_length=20)
