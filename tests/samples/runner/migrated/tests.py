from django.test import TestCase

from .models import Tea


class Migrated(TestCase):
    def test_the_migration_ran(self):
        self.assertEqual([tea.name for tea in Tea.objects.all()], ["Assam"])
