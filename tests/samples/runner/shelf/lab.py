from django.contrib.auth.models import User

from . import exercise
from .models import Seat

sizes = (2, 8, 32, 128)


def populate(size):
    User.objects.create(username="ada")
    Seat.objects.bulk_create(Seat(number=number) for number in range(size))


calls = {"take(ada)": lambda: exercise.take(User.objects.get())}
