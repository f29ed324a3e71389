import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import TestCase, TransactionTestCase

from core.judge import budget, expect
from core.judge.sessions import after, sessions

from . import exercise
from .models import Seat


@pytest.mark.task(1)
class Take(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = User.objects.create(username="ada")
        Seat.objects.bulk_create(Seat(number=number) for number in (3, 1, 2))

    def test_takes_the_first(self):
        with budget("take(ada)", queries=2):
            got = exercise.take(self.user)
        expect("take(ada)", got, 1)

    def test_on_postgresql(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT usesuper, usecreatedb FROM pg_user WHERE usename = current_user")
            expect("pg_user", cursor.fetchall(), [(False, False)])
        expect("vendor", connection.vendor, "postgresql")

    def test_own_tables_have_permissions(self):
        names = Permission.objects.filter(content_type__app_label="shelf")
        expect("permissions", names.count(), 4)


@pytest.mark.task(1)
class Flushed(TransactionTestCase):
    def test_takes_after_others(self):
        user = User.objects.create(username="ada")
        Seat.objects.create(number=7)
        expect("take(ada)", exercise.take(user), 7)

    def test_second_takes_another(self):
        user = User.objects.create(username="ada")
        Seat.objects.bulk_create(Seat(number=number) for number in (1, 2))
        with sessions() as run:
            first = run.start("first", exercise.take, user, hold=after("FOR UPDATE"))
            expect("take(ada) is held", first.held(), True)
            second = run.start("second", exercise.take, user)
            expect("second take(ada) waits for", second.waits_for(), ())
            expect("second take(ada)", second.result(), 2)
            first.go()
            expect("first take(ada)", first.result(), 1)

    def test_nothing_is_left(self):
        expect("Seat", Seat.objects.count(), 0)
