from django.contrib.auth.models import User
from django.urls import reverse
from rest_framework.test import APITestCase


class Me(APITestCase):
    def test_settings_of_the_kata_hold(self):
        self.assertEqual(self.client.get(reverse("me")).status_code, 403)

    def test_name(self):
        self.client.force_authenticate(User.objects.create_user("ada"))
        self.assertEqual(self.client.get(reverse("me")).data, {"name": "ada"})
