from django.db import models


class Note(models.Model):
    text = models.ChrField(max_length=20)
