"""Katas, runs and help in the admin, to read: the folders and `core.runs` write them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import queue, runs
from core.cockpit import kata_list, views
from core.cockpit.kata_list import (
    LevelFilter,
    NeedFilter,
    PracticeFilter,
    StatusFilter,
    TrackFilter,
    katas_of,
)
from core.cockpit.request import learner_of, may
from core.cockpit.templatetags.cockpit import against, ago, ahead, mark, practice_mark, seconds
from core.models import Help, Kata, Run
from core.practice import cards


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that are made elsewhere: to look at, for staff who may view them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def found(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id!r}.")
        return row


class KataList(ChangeList):
    def url_for_result(self, result: Any) -> str:
        return reverse("admin:kata", args=[result.slug])

    def get_ordering_field_columns(self) -> dict[int, Any]:
        """Reading order is of no column: only a column that one chose has an arrow."""
        return super().get_ordering_field_columns() if ORDER_VAR in self.params else {}


@admin.register(Kata)
class KataAdmin(ReadOnly):
    """Rows as the folders are: each is made or brought up to date before the list is shown."""

    change_list_template = "cockpit/katas.html"
    list_display = (
        "kata",
        "status",
        "due",
        "track",
        "level",
        "attempts",
        "best",
        "queries",
        "last_run",
    )
    list_filter = (TrackFilter, LevelFilter, StatusFilter, PracticeFilter, NeedFilter)
    ordering = Kata.READING_ORDER
    search_fields = ("slug",)
    search_help_text = "Name, title, track or topic"
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions = ("run", "reset", "mark_for_practice", "unmark")
    preserve_filters = False  # they would stand in the address of every kata
    empty_value_display = ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KataList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        request.gone = runs.sync(katas_of(request))  # type: ignore[attr-defined]
        return super().changelist_view(request, {"title": "Katas", **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A kata has a page of its own."""
        return redirect("admin:kata", self.found(request, object_id).slug)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """In the list, those whose folder is there."""
        found = super().get_queryset(request).exclude(pk__in=getattr(request, "gone", ()))
        return kata_list.rows(found, learner_of(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        found = kata_list.search(katas_of(request), search_term)
        return queryset.filter(pk__in=found), False

    @admin.action(description="Run the selected katas", permissions=["run"])
    def run(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        chosen = {str(uuid) for uuid in queryset.values_list("pk", flat=True)}
        katas = [kata for kata in katas_of(request) if kata.uuid in chosen]
        return redirect("admin:batch", queue.enqueue(katas, learner=learner_of(request)).pk)

    def has_run_permission(self, request: HttpRequest) -> bool:
        return may(request, "view_run")

    @admin.action(description="Start the selected katas afresh …", permissions=["reset"])
    def reset(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """The page that it leads to asks first."""
        query = QueryDict(mutable=True)
        query.setlist("kata", list(queryset.values_list("slug", flat=True)))
        return redirect(f"{reverse('admin:reset')}?{query.urlencode()}")

    @admin.action(description="Mark the selected katas for practice", permissions=["view"])
    def mark_for_practice(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Their cards are due now; those that never passed are planned."""
        changed = cards.mark(_uuids(queryset), learner_of(request))
        messages.success(request, f"Marked for practice: {_katas(changed)}, due now.")

    @admin.action(description="Take the mark for practice back", permissions=["view"])
    def unmark(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        changed = cards.unmark(_uuids(queryset), learner_of(request))
        messages.success(request, f"Marks taken back: {_katas(changed)}.")

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_kata")

    @admin.display(ordering="title")
    def kata(self, row: Any) -> SafeString:
        return format_html(
            '<span class="kata-title">{}</span> <span class="kata-slug">{}</span>',
            row.title,
            row.slug,
        )

    @admin.display(ordering="state")
    def status(self, row: Any) -> SafeString:
        return mark(row.state)

    @admin.display(ordering="runs_made")
    def attempts(self, row: Any) -> int | str:
        return row.runs_made or ""

    @admin.display(ordering="best", empty_value="")
    def best(self, row: Any) -> str | None:
        return None if row.best is None else seconds(row.best)

    @admin.display(ordering="last_queries")
    def queries(self, row: Any) -> SafeString | str:
        return against(row.last_queries, row.last_budget)

    @admin.display(ordering="last_at")
    def last_run(self, row: Any) -> SafeString | str:
        return ago(row.last_at) if row.last_at else ""

    @admin.display(ordering="due_at")
    def due(self, row: Any) -> SafeString | str:
        return practice_mark(row.practice) if row.practice else ahead(row.due_at)


def _uuids(queryset: QuerySet[Any]) -> list[str]:
    return [str(pk) for pk in queryset.values_list("pk", flat=True)]


def _katas(number: int) -> str:
    return f"{number} kata{'s' * (number != 1)}"


@admin.register(Run)
class RunAdmin(ReadOnly):
    """Its list and its pages are our own: the stock ones count and sort all the rows."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return views.run_list(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return redirect("admin:run", self.found(request, object_id).pk)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A learner's runs are their own."""
        return super().get_queryset(request).filter(learner=request.user.pk)


@admin.register(Help)
class HelpAdmin(ReadOnly):
    list_display = ("kata", "kind", "task", "step", "at")
    list_select_related = ("kata",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """So is the help that they took."""
        return super().get_queryset(request).filter(learner=request.user.pk)
