from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from core import views

admin.autodiscover()

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/", include("core.api.urls")),
    path("health/", views.health, name="health"),
    path("login/<str:token>/", views.log_in, name="log_in"),
]
