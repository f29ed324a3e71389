from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import TestCase


class Users(TestCase):
    def test_the_user_model_is_the_katas(self):
        user = get_user_model().objects.create_user("ada", password="x")
        self.assertEqual((type(user).__name__, user.nickname), ("Person", "none"))

    def test_settings_are_added(self):
        self.assertIn("django.contrib.auth", settings.INSTALLED_APPS)
        self.assertIn("django.contrib.sessions", settings.INSTALLED_APPS)
        self.assertEqual(len(settings.MIDDLEWARE), 1)
