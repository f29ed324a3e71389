"""ROOT_URLCONF of a lab: our pages below /lab/, every other address is the kata's."""

import importlib

from django.apps import apps
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from core.lab import views
from core.lab.looking import ICON
from core.lab.overlay import has_urls, lab

urlpatterns = [
    path("lab/", views.bench, name="lab"),
    path("lab/size/", views.size, name="lab_size"),
    path("lab/sizes/", views.sizes, name="lab_sizes"),
    path("lab/profile/", views.profile, name="lab_profile"),
    path("lab/look/", views.look, name="lab_look"),
    path("lab/people/", views.people, name="lab_people"),
    path("lab/silk/", include("silk.urls", namespace="silk")),
    path("lab/debug/", include("debug_toolbar.urls")),
]

if apps.is_installed("django.contrib.admin"):
    from core.lab.admin import is_ours

    if is_ours():
        urlpatterns.append(path("lab/admin/", admin.site.urls))

if has_urls(lab("urls")):
    _own = importlib.import_module(lab("urls"))
    urlpatterns.append(path("", include(lab("urls"))))
    for _name in ("handler400", "handler403", "handler404", "handler500"):
        if hasattr(_own, _name):
            globals()[_name] = getattr(_own, _name)

# Every browser asks for it, on the kata's pages too; what looks at these leaves it out.
urlpatterns.append(path(ICON[1:], RedirectView.as_view(url="/static/cockpit/icon.svg")))
urlpatterns.append(path("", RedirectView.as_view(pattern_name="lab")))
