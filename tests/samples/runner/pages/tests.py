from pathlib import Path

from django.test import SimpleTestCase


class Pages(SimpleTestCase):
    def test_page(self):
        self.assertContains(self.client.get("/"), "here")

    def test_configuration(self):
        self.assertEqual(Path(__file__).with_name("page.conf").read_text(), "color = green\n")
