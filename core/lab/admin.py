"""The admin of a lab: the kata's models and the bookshop's, for whoever has the lab's link.

Nobody logs in: the user model may be the very thing that the learner is writing.
"""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntryManager
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from core.lab.overlay import lab


class Visitor(AnonymousUser):
    """Whoever has the link: may do everything, and is no row of any table."""

    is_staff: Any = True
    is_active: Any = True
    is_superuser: Any = True
    is_authenticated: Any = True
    is_anonymous: Any = False

    def __str__(self) -> str:
        return "you"

    def get_short_name(self) -> str:
        return "you"

    def has_usable_password(self) -> bool:
        return False

    def has_perm(self, *args: Any, **kwargs: Any) -> bool:
        return True

    has_perms = has_perm
    has_module_perms = has_perm


class LabAdmin(admin.AdminSite):
    site_title = "Lab"
    index_title = "Tables"
    site_url = "/lab/"
    enable_nav_sidebar = False

    @property
    def site_header(self) -> str:  # type: ignore[override]
        return f"Lab of {lab('slug')}"

    def has_permission(self, request: HttpRequest) -> bool:
        return True


def is_ours() -> bool:
    """Whether the default site is ours: a kata may have an admin of its own."""
    return isinstance(admin.site, LabAdmin)  # also through the lazy object that Django makes of it


def register(package: str) -> None:
    """The kata's models that no admin.py of it has registered, as they are."""
    label = package.rpartition(".")[2]
    for model in apps.get_app_config(label).get_models():
        if not admin.site.is_registered(model) and not model._meta.abstract:
            admin.site.register(model)


def write_no_history() -> None:
    """A row of the admin's history needs a user, and a visitor is none."""
    manager: Any = LogEntryManager
    manager.log_actions = lambda self, *args, **kwargs: None
