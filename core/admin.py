"""Katas and runs in the stock admin, to read: the folders and `core.runs` write them."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from core import runs
from core.catalogue import catalogue
from core.models import Help, Kata, Run


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that are made elsewhere: to look at, for staff who may view them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Kata)
class KataAdmin(ReadOnly):
    list_display = ("slug", "title", "track", "level")
    list_filter = ("track", "level")
    search_fields = ("slug", "title")
    ordering = ("track", "level", "slug")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        runs.sync(catalogue().katas)
        return super().changelist_view(request, extra_context)


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ("id", "kata", "status", "source", "passed", "cases", "duration", "started_at")
    list_filter = ("status", "kata__track")
    search_fields = ("kata__slug",)
    list_select_related = ("kata",)
    ordering = ("-id",)
    show_full_result_count = False
    readonly_fields = ("verdict",)

    @admin.display(description="verdict")
    def verdict(self, run: Run) -> str:
        return json.dumps(run.judgement.verdict, indent=2, ensure_ascii=False)

    def get_queryset(self, request: HttpRequest) -> Any:
        """A learner's runs are their own."""
        return super().get_queryset(request).filter(learner=request.user.pk)


@admin.register(Help)
class HelpAdmin(ReadOnly):
    list_display = ("kata", "kind", "task", "step", "at")
    list_select_related = ("kata",)
    ordering = ("-id",)
