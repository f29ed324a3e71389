from django.urls import path, re_path

from core.api import practice, progress, root, runs, schema
from core.api.katas import HintList, KataDetail, KataList

app_name = "api"
urlpatterns = [
    path("", root.Root.as_view(), name="root"),
    path("schema/", schema.SchemaView.as_view(), name="schema"),
    path("katas/", KataList.as_view(), name="katas"),
    path("katas/<slug:slug>/", KataDetail.as_view(), name="kata"),
    path("katas/<slug:slug>/hints/", HintList.as_view(), name="hints"),
    path("runs/", runs.RunList.as_view(), name="runs"),
    path("runs/<int:pk>/", runs.RunDetail.as_view(), name="run"),
    path("runs/<int:pk>/verdict/", runs.VerdictDetail.as_view(), name="verdict"),
    path("runs/<int:pk>/cancel/", runs.CancelRun.as_view(), name="cancel"),
    path("batches/<int:pk>/cancel/", runs.CancelBatch.as_view(), name="cancel_batch"),
    path("practice/", practice.Practice.as_view(), name="practice"),
    path("practice/days/", practice.Days.as_view(), name="days"),
    path("progress/", progress.ProgressDetail.as_view(), name="progress"),
    re_path("", root.nothing),
]
