from django.db import transaction

from .models import Seat


@transaction.atomic
def take(user):
    free = Seat.objects.filter(holder=None).order_by("number")
    seat = free.select_for_update(skip_locked=True).first()
    seat.holder = user
    seat.save(update_fields=["holder"])
    return seat.number
