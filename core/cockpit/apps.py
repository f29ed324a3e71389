from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CockpitConfig(AppConfig):
    name = "core.cockpit"
    verbose_name = "Cockpit"
    default = True


class CockpitAdminConfig(admin_apps.SimpleAdminConfig):
    """Django's admin, with our site as the one that every app registers with.

    It is `core.urls` that looks for what they register: commands do not pay for pages.
    """

    default = False
    default_site = "core.cockpit.site.Cockpit"
