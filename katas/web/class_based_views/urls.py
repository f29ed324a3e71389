"""The journal's addresses. Given: each view is there under the name that it has here."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from . import views

urlpatterns = [
    path("", views.EntryList.as_view(), name="entry_list"),
    path("<int:pk>/", views.EntryDetail.as_view(), name="entry_detail"),
    path("latest/", views.LatestEntry.as_view(), name="entry_latest"),
    path("new/", views.EntryCreate.as_view(), name="entry_create"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
