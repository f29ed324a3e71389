"""The list of katas: rows from the folders, each with how the learner stands with it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from core.catalogue import Catalogue, catalogue
from core.kata import Kata
from core.models import Kata as KataRow
from core.models import Run
from core.practice.cards import KATA, is_due, tomorrow

LEVELS = {1: "1 first steps", 2: "2 everyday", 3: "3 advanced", 4: "4 expert"}
PASSED = Run.Result.PASSED


def katas_of(request: HttpRequest) -> tuple[Kata, ...]:
    """The katas as the folders are now, read once a request."""
    found: Catalogue | None = getattr(request, "catalogue", None)
    if found is None:
        found = catalogue()
        request.catalogue = found  # type: ignore[attr-defined]
    return found.katas


def rows(queryset: QuerySet[KataRow], learner: User) -> QuerySet[KataRow]:
    """Each kata with the learner's standing and card."""
    own = Q(cards__learner=learner, cards__heading=KATA)
    return queryset.annotate(
        mine=FilteredRelation("standings", condition=Q(standings__learner=learner)),
        card=FilteredRelation("cards", condition=own),
        due_at=F("card__due"),
        practice=Case(
            When(card__state__isnull=True, card__due__isnull=False, then=Value("planned")),
            When(card__state__isnull=False, card__opened_at__isnull=False, then=Value("open")),
            When(card__due__lt=tomorrow(), then=Value("due")),
            default=Value(""),
        ),
        runs_made=Coalesce(F("mine__runs"), 0),
        state=Case(When(mine__passes__gt=0, then=Value(PASSED.value)), default=F("mine__status")),
        best=F("mine__best"),
        last_at=F("mine__last_at"),
        last_status=F("mine__status"),
        last_queries=F("mine__last__queries"),
        last_budget=F("mine__last__budget"),
    )


def search(katas: Sequence[Kata], words: str) -> set[str]:
    """The uuids of katas that have every word in their name, title, track or topics."""
    wanted = words.lower().split()
    return {kata.uuid for kata in katas if all(word in _text(kata) for word in wanted)}


def _text(kata: Kata) -> str:
    return " ".join((kata.slug, kata.title, kata.track, *kata.topics)).lower()


def uuids(katas: Iterable[Kata]) -> list[str]:
    return [kata.uuid for kata in katas]


class TrackFilter(admin.SimpleListFilter):
    title = "track"
    parameter_name = "track"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(track, track) for track in dict.fromkeys(k.track for k in katas_of(request))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(track=self.value()) if self.value() else queryset


class LevelFilter(admin.SimpleListFilter):
    title = "level"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(level), words) for level, words in LEVELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = self.value() in [str(level) for level in LEVELS]
        return queryset.filter(level=self.value()) if known else queryset


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("new", "new"), ("begun", "begun, not passed"), ("passed", "passed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "new":
            return queryset.filter(runs_made=0)
        if self.value() == "begun":
            return queryset.filter(runs_made__gt=0).exclude(state=PASSED)
        return queryset.filter(state=PASSED) if self.value() == "passed" else queryset


class PracticeFilter(admin.SimpleListFilter):
    title = "practice"
    parameter_name = "practice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("due", "due"), ("planned", "planned")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "due":
            return queryset.filter(is_due("card__"))
        return queryset.filter(practice="planned") if self.value() == "planned" else queryset


class NeedFilter(admin.SimpleListFilter):
    title = "needs"
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        needs = sorted({need for kata in katas_of(request) for need in kata.needs})
        return [*((need, need) for need in needs), ("nothing", "nothing more")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        katas = katas_of(request)
        found = [k for k in katas if (value in k.needs or (value == "nothing" and not k.needs))]
        return queryset.filter(pk__in=uuids(found))
