import os

from celery import Celery
from django.db import transaction
from django.db.models import F

from .models import Letter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = Celery("post")
app.conf.broker_transport_options = {"visibility_timeout": 1}


@app.task(acks_late=True)
def deliver(number):
    return Letter.objects.filter(pk=number).update(delivered=F("delivered") + 1)


@transaction.atomic
def post(text):
    letter = Letter.objects.create(text=text)
    deliver.delay_on_commit(letter.pk)
    return letter.pk
